// The client runtime of PureMix pages: `window.PureMix`. docs/book/client.md says what it does; docs/wire-protocol.md how it speaks to the server.

import "./forms.js";
import { PureMixError, call, fetchWithToken } from "./call.js";
import { emit, off, on } from "./events.js";
import { navigate } from "./links.js";
import { data, here, isLoading, readData, setLoading, token, updateData } from "./state.js";

window.PureMix = {
  version: "1",
  data,
  state: {
    get loading() {
      return isLoading();
    },
    get csrfToken() {
      return token();
    },
    get currentRoute() {
      return here();
    },
  },
  Error: PureMixError,
  call,
  fetch: fetchWithToken,
  on,
  off,
  emit,
  navigate,
  reload: () => location.reload(),
  updateData,
  setLoading,
};

readData();

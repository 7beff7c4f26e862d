/** The client runtime of the app's pages; docs/book/client.md of puremixc says what it does. */
declare var PureMix: PureMix.Client;

interface Window {
  readonly PureMix: PureMix.Client;
}

declare namespace PureMix {
  interface Client {
    readonly version: string;
    /** What the page's loaders have returned, by their names. */
    readonly data: Data;
    readonly state: { readonly loading: boolean; readonly csrfToken: string | undefined; readonly currentRoute: string };
    /** What `call` and `fetch` reject with. */
    readonly Error: ErrorConstructor;
    /**
     * Calls a server function of this page, of its layouts or components, or the only one of that name in the app; resolves to what it has returned.
     * @param name `save`, or `Card.save` of a component. A name that is not known before the program runs (a `string`) is not checked.
     * @param data an object, with files if you like, or a `FormData`
     */
    call<N extends string>(name: Name<N>, ...given: Given<DataOf<N>>): Promise<ResultOf<N>>;
    /** `fetch` with the token of this page's calls: gives the JSON or the text of the answer, and throws a `PureMix.Error` where its status is no success. */
    fetch<T = any>(url: string | URL, options?: RequestInit): Promise<T>;
    /** Calls `listener` at each event of this name; gives a function that ends it. */
    on<K extends keyof Events>(name: K, listener: (detail: Events[K], event: CustomEvent<Events[K]>) => void): () => void;
    on(name: string, listener: (detail: any, event: CustomEvent) => void): () => void;
    /** Ends what `on` began; without a listener, for all listeners of the name. */
    off(name: string, listener?: (detail: any, event: CustomEvent) => void): void;
    /** Tells everyone who listens; false if someone has called `event.preventDefault()`. */
    emit<K extends keyof Events>(name: K, detail: Events[K], target?: Element): boolean;
    emit(name: Exclude<string, keyof Events>, detail?: any, target?: Element): boolean;
    navigate(url: string | URL): void;
    reload(): void;
    /** Changes some of `data` and tells it (`dataUpdate`). */
    updateData(some: Record<string, any>): void;
    /** Loading, whatever runs. */
    setLoading(loading: boolean): void;
  }

  interface Data {
    /** The same object. */
    readonly results: Data;
    [loader: string]: any;
  }

  interface CallOptions {
    /** Ends the call; the promise rejects with its reason. */
    signal?: AbortSignal;
    /** The page shows afterwards what it would show after a form's action. */
    update?: boolean;
    /** Hears of an upload. */
    onprogress?: (progress: ProgressEvent) => void;
    /** Another page: `/items/7?tab=mail`. */
    route?: string;
  }

  interface Error extends globalThis.Error {
    readonly name: "NetworkError" | "ValidationError" | "RequestError" | "ServerError";
    /** 0 where no answer came. */
    readonly status: number;
    /** Messages by field's name, or those of the function. */
    readonly errors?: any;
    /** The number under which the server's log has the failure. */
    readonly requestId?: string;
    /** While developing. */
    readonly serverStack?: string;
  }

  interface ErrorConstructor {
    new (status: number, answer: { error?: string; errors?: any; requestId?: string; stack?: string }): Error;
    readonly prototype: Error;
  }

  interface Events {
    action: { name: string; data: any; element: Element };
    formSuccess: { form: HTMLFormElement; result: any };
    formError: { error: Error; name: string; element: HTMLFormElement };
    error: { error: Error; name: string; element: Element };
    actionError: { name: string; error: any };
    progress: ProgressEvent;
    dataUpdate: Data;
    contentUpdated: { element: Element };
    loadingChange: { loading: boolean };
    navigate: { url: string };
  }

  /** The names that may be called, of which each is one of the app's, or not known yet. */
  type Name<N extends string> = N extends keyof Functions ? N : string extends N ? N : keyof Functions;

  type DataOf<N extends string> = N extends keyof Functions ? Functions[N]["data"] : any;

  type ResultOf<N extends string> = N extends keyof Functions ? Json<Awaited<Functions[N]["result"]>> : any;

  /** What stands behind the name: data that may be left out where a function can do without. */
  type Given<D> = 0 extends 1 & D
    ? [data?: any, options?: CallOptions]
    : {} extends D
      ? [data?: D | FormData, options?: CallOptions]
      : undefined extends D
        ? [data?: D | FormData, options?: CallOptions]
        : [data: D | FormData, options?: CallOptions];

  /** What is left of a value on its way: dates are texts, functions are gone, nothing is `null`. */
  type Json<T> = 0 extends 1 & T
    ? any
    : T extends { toJSON(): infer J }
      ? J
      : T extends string | number | boolean | null | Blob
        ? T
        : T extends undefined | void | symbol | ((...given: any) => any)
          ? null
          : T extends readonly any[]
            ? { [I in keyof T]: Json<T[I]> }
            : T extends Map<any, any> | Set<any>
              ? {}
              : T extends object
                ? { [K in keyof T as K extends symbol ? never : T[K] extends (...given: any) => any ? never : K]: T[K] extends infer M ? Member<M> : never }
                : T;

  /** Of an object: what is undefined is left out. */
  type Member<T> = 0 extends 1 & T ? any : T extends undefined ? undefined : Json<T>;
}

//! What an isolate holds of an image.

use crate::image::{Function, FunctionId, Image, TextData, TextId};
use puremix_runtime::app::PageDef;
use puremix_value::{Class, Cx, Obj, Payload, Str, Value};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// An image and the server's table of its pages, which refers back to it.
pub struct Shared {
    pub image: Image,
    /// For each module its page; set once when the app table is made.
    pub pages: OnceLock<Vec<Option<&'static PageDef>>>,
}

/// The image in one isolate: its texts are values here.
pub struct Loaded {
    pub shared: Arc<Shared>,
    texts: Vec<Value>,
}

/// The object that closures hold so that their code lives as long as they do.
struct Holder(Rc<Loaded>);

impl Payload for Holder {}

impl Loaded {
    /// Makes the object that closures of this image hold.
    pub fn load(cx: Cx, shared: &Arc<Shared>) -> Value {
        let texts = shared.image.texts.iter().map(text_value).collect();
        let loaded = Rc::new(Loaded { shared: shared.clone(), texts });
        Value::Obj(Obj::native(cx, None, Class::Other, Holder(loaded)))
    }

    /// The image behind such an object.
    pub fn of(holder: &Value) -> &Rc<Loaded> {
        match holder.as_obj().and_then(|o| o.payload::<Holder>()) {
            Some(holder) => &holder.0,
            None => panic!("bug in puremixc: a closure without its image"),
        }
    }

    pub fn function(&self, id: FunctionId) -> &Function {
        &self.shared.image.functions[id.0 as usize]
    }

    pub fn value(&self, text: TextId) -> &Value {
        &self.texts[text.0 as usize]
    }

    /// The text for Rust's eyes: lone surrogates do not occur where the image asks for it.
    pub fn text(&self, text: TextId) -> &str {
        match &self.shared.image.texts[text.0 as usize] {
            TextData::Utf8(text) => text,
            TextData::Wide(_) => "",
        }
    }
}

fn text_value(text: &TextData) -> Value {
    match text {
        TextData::Utf8(text) => Value::str(text),
        TextData::Wide(units) => Value::Str(Str::from_utf16(units)),
    }
}

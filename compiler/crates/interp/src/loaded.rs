//! What an isolate holds of an image.

use crate::image::{Function, FunctionId, Image, TextData, TextId};
use puremix_value::{Class, Cx, Obj, Payload, Str, Value};
use std::rc::Rc;
use std::sync::Arc;

/// The image in one isolate: its texts are values here.
pub struct Loaded {
    pub image: Arc<Image>,
    texts: Vec<Value>,
}

/// The object that closures hold so that their code lives as long as they do.
struct Holder(Rc<Loaded>);

impl Payload for Holder {}

impl Loaded {
    /// Makes the object that closures of this image hold.
    pub fn load(cx: Cx, image: &Arc<Image>) -> Value {
        let texts = image.texts.iter().map(text_value).collect();
        let loaded = Rc::new(Loaded { image: image.clone(), texts });
        Value::Obj(Obj::native(cx, None, Class::Other, Holder(loaded)))
    }

    /// The image behind such an object.
    pub fn of(holder: &Value) -> &Rc<Loaded> {
        match Loaded::behind(holder) {
            Some(loaded) => loaded,
            None => panic!("bug in puremixc: a closure without its image"),
        }
    }

    /// As [`Loaded::of`], for a value that may be something else.
    pub fn behind(value: &Value) -> Option<&Rc<Loaded>> {
        value.as_obj().and_then(|o| o.payload::<Holder>()).map(|holder| &holder.0)
    }

    pub fn function(&self, id: FunctionId) -> &Function {
        &self.image.functions[id.0 as usize]
    }

    pub fn value(&self, text: TextId) -> &Value {
        &self.texts[text.0 as usize]
    }

    /// The text for Rust's eyes: lone surrogates do not occur where the image asks for it.
    pub fn text(&self, text: TextId) -> &str {
        match &self.image.texts[text.0 as usize] {
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

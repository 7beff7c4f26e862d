document.body.dataset.file = 'yes';
// What the file puts into the page has handlers, which are allowed because it is seen to write them.
document.querySelector('#list').innerHTML = '<button id="made" onclick="document.body.dataset.made = 1">made</button>';
document.querySelector('#made').click();

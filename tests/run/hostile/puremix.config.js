export default {
  limits: { body: '100kb', headerTimeout: '1s', bodyTimeout: '1s' },
  fileUpload: { maxFileSize: '200kb', maxTotalFileSize: '300kb', maxFiles: 3, maxFields: 10 },
};

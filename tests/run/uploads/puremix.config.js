export default {
  fileUpload: {
    maxFileSize: '2mb',
    maxTotalFileSize: '3mb',
    maxFiles: 4,
    maxFields: 10,
    security: { blockedExtensions: ['exe', '.sh'] },
  },
};

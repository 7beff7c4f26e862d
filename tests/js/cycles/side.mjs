console.log('side effect once');

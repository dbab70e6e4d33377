// What a browser keeps for opening the page without a network.

/** To be asked in a page: whether this browser keeps it, and something of each of these. */
export const isKept = (copies) =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('leanspec-saved');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const count = (name) =>
        new Promise((done) => {
          const asking = database.transaction(name).objectStore(name).count();
          asking.onsuccess = () => done(asking.result);
        });
      void Promise.all(copies.map(count)).then((counts) => {
        database.close();
        resolve(counts.every((found) => found > 0) && navigator.serviceWorker.controller !== null);
      });
    };
  });

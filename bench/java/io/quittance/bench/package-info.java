/** The benchmark of payments against direct SQL, and of the deadline scope; see bench/README.md. */
package io.quittance.bench;

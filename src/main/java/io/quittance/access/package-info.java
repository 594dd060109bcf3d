/** Who may do what, and who did: merchants, API keys, tokens, scopes, the audit trail. */
@ApplicationModule(allowedDependencies = {"web", "database", "concurrency", "journal"})
@NullMarked
package io.quittance.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

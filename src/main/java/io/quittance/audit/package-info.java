/** Who changed what: the audit trail, written together with each change, and its list. */
@ApplicationModule(allowedDependencies = {"database", "identity", "journal", "web", "web::query"})
@NullMarked
package io.quittance.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;

package io.quittance.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.database.Instants;
import io.quittance.identity.Caller;
import io.quittance.identity.Origin;
import io.quittance.web.JsonText;
import java.time.Clock;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records who changed what, when and from where. An entry is committed together with the change
 * that it describes, and is never changed. {@link AuditTable} records changes of the journal.
 */
@Component
public class AuditTrail {

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final Clock clock;

  AuditTrail(JdbcClient jdbc, ObjectMapper json, Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
  }

  /** As {@link #record(AuditEntry)}, for a change that a merchant makes. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(Caller caller, String action, String objectId, Map<String, ?> details) {
    record(AuditEntry.of(caller.merchantId(), caller.origin(), action, objectId, details));
  }

  /** Adds an entry in the caller's transaction, which is required. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void record(AuditEntry entry) {
    Origin origin = entry.origin();
    jdbc.sql(
            """
            insert into audit_log (merchant_id, id, actor_type, actor_id, action, object_type,
                                   object_id, details, ip, request_id, created_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        .params(
            entry.merchantId(),
            entry.id(),
            origin.actor().type().text(),
            origin.actor().id(),
            entry.action(),
            entry.objectType(),
            entry.objectId(),
            JsonText.of(json, entry.details()),
            origin.ip(),
            origin.requestId(),
            Instants.parameter(clock.instant()))
        .update();
  }
}

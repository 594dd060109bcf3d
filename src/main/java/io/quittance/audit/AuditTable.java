package io.quittance.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.journal.Batch;
import io.quittance.journal.Table;
import io.quittance.journal.Writes;
import io.quittance.web.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.stereotype.Component;

/**
 * The audit entries of one batch of the journal, written in the transaction of the changes that
 * they describe. Confined to the journal's thread.
 */
public final class AuditTable implements Table {

  private static final String INSERT =
      """
      insert into audit_log (merchant_id, id, actor_type, actor_id, action, object_type, object_id,
                             details, ip, request_id, created_at)
      select * from unnest(
        cast(? as uuid array), cast(? as uuid array), cast(? as varchar array),
        cast(? as varchar array), cast(? as varchar array), cast(? as varchar array),
        cast(? as varchar array), cast(? as varchar array), cast(? as varchar array),
        cast(? as varchar array), cast(? as timestamp with time zone array))
      """;

  @Component
  @Order(60)
  static final class Factory implements Table.Factory {

    private final ObjectMapper json;

    Factory(ObjectMapper json) {
      this.json = json;
    }

    @Override
    public Table open(Batch batch) {
      return new AuditTable(json);
    }
  }

  private final ObjectMapper json;
  private final List<AuditEntry> added = new ArrayList<>();

  private AuditTable(ObjectMapper json) {
    this.json = json;
  }

  public void add(AuditEntry entry) {
    added.add(entry);
  }

  @Override
  public void load(JdbcOperations jdbc) {
    // Entries are only ever added.
  }

  @Override
  public void flush(Writes writes, Instant now) {
    writes
        .add(INSERT, added)
        .column("uuid", AuditEntry::merchantId)
        .column("uuid", AuditEntry::id)
        .column("varchar", entry -> entry.origin().actor().type().text())
        .column("varchar", entry -> entry.origin().actor().id())
        .column("varchar", AuditEntry::action)
        .column("varchar", AuditEntry::objectType)
        .column("varchar", AuditEntry::objectId)
        .column("varchar", entry -> JsonText.of(json, entry.details()))
        .column("varchar", entry -> entry.origin().ip())
        .column("varchar", entry -> entry.origin().requestId())
        .column("varchar", entry -> now.toString());
  }
}

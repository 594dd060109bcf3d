package io.quittance.audit;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quittance.journal.Table;
import io.quittance.journal.TableColumns;
import io.quittance.journal.UnitOfWork;
import io.quittance.journal.Writes;
import io.quittance.web.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * The audit entries of one batch of the journal, written in the transaction of the changes that
 * they describe. Confined to the journal's thread.
 */
public final class AuditTable implements Table {

  /**
   * @param details their JSON
   */
  private record Row(AuditEntry entry, String details, Instant at) {}

  private static final TableColumns<Row> TABLE =
      TableColumns.<Row>of("audit_log")
          .key("merchant_id", "uuid", row -> row.entry().merchantId())
          .key("id", "uuid", row -> row.entry().id())
          .fixed("actor_type", "varchar", row -> row.entry().origin().actor().type().text())
          .fixed("actor_id", "varchar", row -> row.entry().origin().actor().id())
          .fixed("action", "varchar", row -> row.entry().action())
          .fixed("object_type", "varchar", row -> row.entry().objectType())
          .fixed("object_id", "varchar", row -> row.entry().objectId())
          .fixed("details", "varchar", Row::details)
          .fixed("ip", "varchar", row -> row.entry().origin().ip())
          .fixed("request_id", "varchar", row -> row.entry().origin().requestId())
          .fixed("created_at", "timestamp", Row::at)
          .build();

  @Component
  @Order(62)
  static final class Factory implements Table.Factory {

    private final ObjectMapper json;

    Factory(ObjectMapper json) {
      this.json = json;
    }

    @Override
    public Table open(UnitOfWork unit) {
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
  public void flush(Writes writes, Instant now) {
    writes.insert(
        TABLE,
        added.stream()
            .map(entry -> new Row(entry, JsonText.of(json, entry.details()), now))
            .toList());
  }
}

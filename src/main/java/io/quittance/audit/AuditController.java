package io.quittance.audit;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.quittance.database.Instants;
import io.quittance.identity.Actor;
import io.quittance.identity.Caller;
import io.quittance.identity.RequiresScope;
import io.quittance.identity.Scope;
import io.quittance.web.InvalidInputException;
import io.quittance.web.Route;
import io.quittance.web.TypeId;
import io.quittance.web.query.Page;
import io.quittance.web.query.PageRequest;
import io.quittance.web.query.QueryParameters;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The merchant's audit trail. */
@RestController
class AuditController {

  /** An entry as merchants see it. */
  record EntryBody(
      String id,
      Actor actor,
      String action,
      String objectType,
      String objectId,
      @JsonRawValue @Schema(anyOf = Map.class) String details,
      @Nullable String ip,
      @Nullable String requestId,
      Instant createdAt) {}

  private record Row(UUID id, EntryBody body) {}

  private static final Set<String> PARAMETERS =
      Set.of("limit", "cursor", "action", "object_id", "from", "to");

  private static final Pattern OBJECT_ID = Pattern.compile("[a-zA-Z0-9_.:-]{1,64}");

  private final JdbcClient jdbc;

  AuditController(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @GetMapping("/v1/audit-log")
  @Route(
      id = "listAuditEntries",
      summary = "Lists who changed what",
      description = "Newest first; `from` is included, `to` is not.",
      query = {"action", "object_id", "from", "to", "limit", "cursor"})
  @RequiresScope(Scope.AUDIT_READ)
  Page<EntryBody> list(HttpServletRequest request, Caller caller) {
    QueryParameters query = QueryParameters.of(request, PARAMETERS);
    String action = query.read("action", AuditController::action);
    String objectId = query.read("object_id", AuditController::objectId);
    OffsetDateTime from = query.read("from", QueryParameters::instant);
    OffsetDateTime to = query.read("to", QueryParameters::instant);
    PageRequest page = query.page(filters(action, objectId, from, to));
    List<Row> rows = newestFirst(caller.merchantId(), action, objectId, from, to, page);
    return Page.of(rows, page, row -> row.id().toString(), Row::body);
  }

  private static String action(String text) {
    return InvalidInputException.oneOf(AuditEntry.ACTIONS, action -> action, text);
  }

  /** The merchant chooses the ids of its accounts, so no prefix is required. */
  private static String objectId(String text) {
    if (OBJECT_ID.matcher(text).matches()) {
      return text;
    }
    throw new IllegalArgumentException("must be 1 to 64 letters, digits or `_ . : -`");
  }

  private static String filters(@Nullable Object... values) {
    return Stream.of(values)
        .map(String::valueOf)
        .collect(Collectors.joining(" ", "audit-log ", ""));
  }

  /** Sorts by id, whose first bits are the time: the order in which a replica made the changes. */
  private List<Row> newestFirst(
      UUID merchantId,
      @Nullable String action,
      @Nullable String objectId,
      @Nullable OffsetDateTime from,
      @Nullable OffsetDateTime to,
      PageRequest page) {
    var sql = new StringBuilder("select * from audit_log where merchant_id = ? and id < ?");
    var values = new ArrayList<Object>(List.of(merchantId, page.olderThan()));
    condition(sql, values, " and action = ?", action);
    condition(sql, values, " and object_id = ?", objectId);
    condition(sql, values, " and created_at >= ?", from);
    condition(sql, values, " and created_at < ?", to);
    values.add(page.fetch());
    return jdbc.sql(sql.append(" order by id desc limit ?").toString())
        .params(values)
        .query(
            (rs, row) -> {
              UUID id = rs.getObject("id", UUID.class);
              return new Row(
                  id,
                  new EntryBody(
                      TypeId.format("aud", id),
                      new Actor(
                          Actor.Type.from(rs.getString("actor_type")), rs.getString("actor_id")),
                      rs.getString("action"),
                      rs.getString("object_type"),
                      rs.getString("object_id"),
                      rs.getString("details"),
                      rs.getString("ip"),
                      rs.getString("request_id"),
                      Instants.read(rs, "created_at")));
            })
        .list();
  }

  private static void condition(
      StringBuilder sql, List<Object> values, String condition, @Nullable Object value) {
    if (value != null) {
      sql.append(condition);
      values.add(value);
    }
  }
}

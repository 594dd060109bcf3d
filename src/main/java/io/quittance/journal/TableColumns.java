package io.quittance.journal;

import io.quittance.database.Dialect;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * How rows of a table are written. Each column is named once, with its type and its value, for
 * inserts and updates. Immutable.
 *
 * <p>jOOQ would generate such lists from the schema. It is not used, because the statements of a
 * transaction send one array per column in one round trip, and would be plain SQL with jOOQ, too.
 * It would add a generator, a dialect and a runtime to replace these hundred lines.
 *
 * @param <R> a row
 */
public final class TableColumns<R> {

  /**
   * One column.
   *
   * @param type the SQL type in which its values are sent
   * @param cast the SQL type that the statement casts them to: times are sent as text
   */
  private record Column<R>(
      String name, String type, String cast, Function<R, @Nullable Object> value) {}

  /**
   * The parts of an update, which H2 and PostgreSQL combine in different ways.
   *
   * @param table the table, with the alias {@code t}
   * @param set the assignments from {@code k}
   * @param source the new values, with the alias {@code k}
   * @param match the join condition of {@code t} and {@code k}
   */
  private record Update(String table, String set, String source, String match) {}

  private final List<Column<R>> inserted;
  private final List<Column<R>> updated;
  private final String insert;
  private final String insertOne;
  private final Update update;

  private TableColumns(
      String table, List<Column<R>> keys, List<Column<R>> fixed, List<Column<R>> changing) {
    inserted = Stream.of(keys, fixed, changing).flatMap(List::stream).toList();
    updated = Stream.of(keys, changing).flatMap(List::stream).toList();
    insert =
        "insert into %s (%s) select * from unnest(%s)"
            .formatted(table, names(inserted), arrays(inserted));
    insertOne =
        "insert into %s (%s) values (%s)".formatted(table, names(inserted), parameters(inserted));
    update =
        new Update(
            table,
            joined(changing, ", ", name -> "%s = k.%s".formatted(name, name)),
            "unnest(%s) as k(%s)".formatted(arrays(updated), names(updated)),
            joined(keys, " and ", name -> "t.%s = k.%s".formatted(name, name)));
  }

  /** Starts the list of a table's columns. */
  public static <R> Builder<R> of(String table) {
    return new Builder<>(table);
  }

  /**
   * Builds the list of columns: those of the primary key, those that never change, and those that
   * do.
   */
  public static final class Builder<R> {

    private final String table;
    private final List<Column<R>> keys = new ArrayList<>();
    private final List<Column<R>> fixed = new ArrayList<>();
    private final List<Column<R>> changing = new ArrayList<>();

    private Builder(String table) {
      this.table = table;
    }

    /** A column of the primary key; the merchant's id is the first. */
    public Builder<R> key(String name, String type, Function<R, @Nullable Object> value) {
      keys.add(column(name, type, value));
      return this;
    }

    /** A column that is written when the row is added and never again. */
    public Builder<R> fixed(String name, String type, Function<R, @Nullable Object> value) {
      fixed.add(column(name, type, value));
      return this;
    }

    /** A column that changes. */
    public Builder<R> changing(String name, String type, Function<R, @Nullable Object> value) {
      changing.add(column(name, type, value));
      return this;
    }

    private static <R> Column<R> column(
        String name, String type, Function<R, @Nullable Object> value) {
      return type.equals("timestamp")
          ? new Column<>(name, "varchar", "timestamp with time zone", row -> text(value.apply(row)))
          : new Column<>(name, type, type, value);
    }

    private static @Nullable String text(@Nullable Object value) {
      return value == null ? null : value.toString();
    }

    /** The finished list. */
    public TableColumns<R> build() {
      return new TableColumns<>(
          table, List.copyOf(keys), List.copyOf(fixed), List.copyOf(changing));
    }
  }

  /** All names, comma-separated: for {@code select}. */
  public String names() {
    return names(inserted);
  }

  /** Inserts one row, outside of the journal. */
  public void insert(JdbcOperations jdbc, R row) {
    jdbc.update(insertOne, inserted.stream().map(column -> column.value().apply(row)).toArray());
  }

  String insert() {
    return insert;
  }

  /** The statement that writes the changing columns of rows that exist. */
  String update(Dialect dialect) {
    return dialect.update(update.table(), update.set(), update.source(), update.match());
  }

  void bindInsert(Writes.Rows<R> rows) {
    bind(rows, inserted);
  }

  void bindUpdate(Writes.Rows<R> rows) {
    bind(rows, updated);
    rows.merchants(updated.getFirst().value());
  }

  private static <R> void bind(Writes.Rows<R> rows, List<Column<R>> columns) {
    columns.forEach(column -> rows.column(column.type(), column.value()));
  }

  private static <R> String names(List<Column<R>> columns) {
    return joined(columns, ", ", name -> name);
  }

  private static <R> String parameters(List<Column<R>> columns) {
    return columns.stream()
        .map(column -> "cast(? as %s)".formatted(column.cast()))
        .collect(Collectors.joining(", "));
  }

  private static <R> String arrays(List<Column<R>> columns) {
    return columns.stream()
        .map(column -> "cast(? as %s array)".formatted(column.cast()))
        .collect(Collectors.joining(", "));
  }

  private static <R> String joined(
      List<Column<R>> columns, String separator, Function<String, String> text) {
    return columns.stream()
        .map(column -> text.apply(column.name()))
        .collect(Collectors.joining(separator));
  }
}

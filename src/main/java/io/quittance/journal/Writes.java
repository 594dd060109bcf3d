package io.quittance.journal;

import io.quittance.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The statements of a transaction. They are set-based: their parameters are arrays, one element per
 * row. All of them are sent to PostgreSQL together, so a transaction costs one round trip and not
 * one per table. Confined to the journal's thread.
 */
public final class Writes {

  /** One parameter: a column of the rows, as an SQL array of this element type. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Column(String type, @Nullable Object[] values) {}

  private final Dialect dialect;
  private final List<String> statements = new ArrayList<>();
  private final List<List<Column>> parameters = new ArrayList<>();

  Writes(Dialect dialect) {
    this.dialect = dialect;
  }

  /** Adds new rows. */
  public <R> void insert(TableColumns<R> columns, Collection<R> rows) {
    columns.bindInsert(add(columns.insert(), rows));
  }

  /** Writes the changing columns of rows that exist. */
  public <R> void update(TableColumns<R> columns, Collection<R> rows) {
    columns.bindUpdate(add(columns.update(dialect), rows));
  }

  /** Adds a statement for these rows, if there are any. */
  public <R> Rows<R> add(String sql, Collection<R> rows) {
    var columns = new ArrayList<Column>();
    if (!rows.isEmpty()) {
      statements.add(dialect.write(sql.strip()));
      parameters.add(columns);
    }
    return new Rows<>(rows, columns, dialect.distributed());
  }

  /** Binds the columns of the rows in the order of the statement's parameters. */
  public static final class Rows<R> {

    private final Collection<R> rows;
    private final List<Column> columns;
    private final boolean distributed;

    private Rows(Collection<R> rows, List<Column> columns, boolean distributed) {
      this.rows = rows;
      this.columns = columns;
      this.distributed = distributed;
    }

    /** Binds the rows' merchants, for a statement with {@link Dialect#ofMerchants}. */
    public Rows<R> merchants(Function<R, @Nullable Object> merchantId) {
      return distributed ? column("uuid", merchantId) : this;
    }

    /** Binds the next parameter. Times are sent as text and cast by the statement. */
    public Rows<R> column(String type, Function<R, @Nullable Object> value) {
      // The driver sends bytes in binary only if the array is of type byte[].
      Object[] values = type.equals("bytea") ? new byte[rows.size()][] : new Object[rows.size()];
      int i = 0;
      for (R row : rows) {
        values[i++] = value.apply(row);
      }
      columns.add(new Column(type, values));
      return this;
    }
  }

  /** What to do with a prepared statement. */
  @FunctionalInterface
  private interface Use {
    void of(PreparedStatement statement) throws SQLException;
  }

  /** Sends all statements, in one round trip if the database allows that. */
  void execute(Connection connection) throws SQLException {
    prepare(connection, PreparedStatement::execute);
  }

  /** Prepares all statements, but sends nothing. */
  void bind(Connection connection) throws SQLException {
    prepare(connection, _ -> {});
  }

  private void prepare(Connection connection, Use use) throws SQLException {
    if (statements.isEmpty()) {
      return;
    }
    if (dialect.takesStatementsTogether()) {
      prepare(
          connection,
          String.join(";\n", statements),
          parameters.stream().flatMap(List::stream).toList(),
          use);
      return;
    }
    for (int i = 0; i < statements.size(); i++) {
      prepare(connection, statements.get(i), parameters.get(i), use);
    }
  }

  private static void prepare(Connection connection, String sql, List<Column> columns, Use use)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < columns.size(); i++) {
        Column column = columns.get(i);
        statement.setArray(i + 1, connection.createArrayOf(column.type(), column.values()));
      }
      use.of(statement);
    }
  }
}

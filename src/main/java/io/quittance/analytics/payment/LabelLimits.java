package io.quittance.analytics.payment;

import io.quittance.analytics.pane.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Limits the values of labels of a merchant's payments: the first ones get panes, and the rest is
 * counted as {@link Labels#OTHER}. The decision about a value is final, so that whatever is
 * subtracted from a pane was added to it before. Confined to one transaction.
 */
final class LabelLimits {

  private static final int VALUE_LENGTH_MAX = 255;

  private final UUID merchantId;
  private final int valuesMax;
  private final Map<String, Set<String>> values = new HashMap<>();
  private final List<Object[]> fresh = new ArrayList<>();

  private LabelLimits(UUID merchantId, int valuesMax) {
    this.merchantId = merchantId;
    this.valuesMax = valuesMax;
  }

  /** Loads the admitted values. */
  static LabelLimits load(JdbcOperations jdbc, UUID merchantId, int valuesMax) {
    var limits = new LabelLimits(merchantId, valuesMax);
    jdbc.query(
        "select label, label_value from analytics_payment_labels where merchant_id = ?",
        row -> {
          limits.of(row.getString("label")).add(row.getString("label_value"));
        },
        merchantId);
    return limits;
  }

  private Set<String> of(String label) {
    return values.computeIfAbsent(label, _ -> new HashSet<>());
  }

  /** The value if it is admitted or there is room for it; otherwise {@link Labels#OTHER}. */
  String admitted(String label, String value) {
    Set<String> known = of(label);
    if (known.contains(value)) {
      return value;
    }
    if (known.size() >= valuesMax || value.length() > VALUE_LENGTH_MAX) {
      return Labels.OTHER;
    }
    known.add(value);
    fresh.add(new Object[] {merchantId, label, value});
    return value;
  }

  /** Stores newly admitted values, under the lock of the merchant's deltas. */
  void store(JdbcOperations jdbc) {
    if (!fresh.isEmpty()) {
      jdbc.batchUpdate(
          "insert into analytics_payment_labels (merchant_id, label, label_value) values (?, ?, ?)",
          fresh);
    }
  }
}

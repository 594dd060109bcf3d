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
 * The values that labels of a merchant's payments have panes for: the first so many that came, and
 * {@link Labels#OTHER} for the rest. A value that was admitted stays so, and one that was not never
 * is, so that what is taken off a pane was once added to it. Confined to one transaction.
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

  /** What has been admitted by now. */
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

  /** The value, admitted if there is room for it, or else the one that stands for the rest. */
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

  /** Stores what has been admitted here, under the lock of the merchant's deltas. */
  void store(JdbcOperations jdbc) {
    if (!fresh.isEmpty()) {
      jdbc.batchUpdate(
          "insert into analytics_payment_labels (merchant_id, label, label_value) values (?, ?, ?)",
          fresh);
    }
  }
}

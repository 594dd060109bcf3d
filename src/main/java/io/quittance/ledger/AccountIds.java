package io.quittance.ledger;

import java.util.regex.Pattern;

/** Checks account ids in paths, queries and cursors; in bodies {@link AccountId} does so. */
public final class AccountIds {

  private static final Pattern FORM = Pattern.compile(AccountId.PATTERN);

  /** The rule in errors, after the name of a field or parameter. */
  public static final String RULE = AccountId.RULE;

  private AccountIds() {}

  public static boolean areLike(String text) {
    return FORM.matcher(text).matches();
  }

  /**
   * Returns the text itself.
   *
   * @throws IllegalArgumentException with what it must be
   */
  public static String parse(String text) {
    if (!areLike(text)) {
      throw new IllegalArgumentException(RULE);
    }
    return text;
  }
}

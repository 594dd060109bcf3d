package io.quittance.web.log;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Masks secrets: removes API keys, signing secrets, credentials and card numbers from a text before
 * it is logged or sent.
 */
public final class Redaction {

  private static final String MASK = "[redacted]";

  private static final Pattern SECRET =
      Pattern.compile(
          "\\b(qt|qs|whsec)_[A-Za-z0-9+/=_-]{8,}"
              + "|\\b(Bearer|Basic)\\s+[A-Za-z0-9+/=_.~-]{16,}"
              + "|\\b(Authorization[\"']?\\s*[:=]\\s*)(?:\\S+\\s+)?\\S{8,}"
              + "|\\b(password[\"']?\\s*[:=]\\s*)[^\\s,;&]+"
              + "|\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*",
          Pattern.CASE_INSENSITIVE);

  private Redaction() {}

  public static String of(String text) {
    return CardNumbers.masked(SECRET.matcher(text).replaceAll(Redaction::replacement));
  }

  private static String replacement(MatchResult match) {
    if (match.group(1) != null) {
      return match.group(1) + "_" + MASK;
    }
    if (match.group(2) != null) {
      return match.group(2) + " " + MASK;
    }
    String name = match.group(3) != null ? match.group(3) : match.group(4);
    return name == null ? MASK : Matcher.quoteReplacement(name) + MASK;
  }
}

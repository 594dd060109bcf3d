package io.quittance.openapi;

import java.util.HashMap;
import java.util.Map;

/**
 * The schema names of the API's types: the class name without suffixes that only the code needs.
 */
final class SchemaNames {

  /**
   * Names that would be unclear outside their class, and names that clients know and that differ
   * from the class's.
   */
  private static final Map<String, String> PUBLISHED =
      Map.ofEntries(
          Map.entry("IntakeResponse", "IntakeAnswer"),
          Map.entry("Problem.Body", "Problem"),
          Map.entry("AuditController.EntryBody", "AuditEntry"),
          Map.entry("AccessController.NewKey", "NewApiKey"),
          Map.entry("AccessController.KeyBody", "ApiKey"),
          Map.entry("MerchantController.FirstKey", "FirstApiKey"),
          Map.entry("MerchantController.Change", "MerchantChange"),
          Map.entry("AccessController.Rotation", "ApiKeyRotation"),
          Map.entry("EndpointController.Rotation", "SecretRotation"),
          Map.entry("EndpointController.NewEndpoint", "NewWebhookEndpoint"),
          Map.entry("EndpointController.EndpointBody", "WebhookEndpoint"),
          Map.entry("EndpointController.Change", "WebhookEndpointChange"),
          Map.entry("EndpointController.Since", "NewRecovery"),
          Map.entry("ActionBodies.Decision", "ReviewDecision"),
          Map.entry("ActionBodies.PaymentUpdate", "PaymentChange"),
          Map.entry("ActionResponses.OpenBody", "OpenOperation"),
          Map.entry("FailurePolicy", "BatchOnFailure"),
          Map.entry("FraudController.NewRuleSet", "NewRuleSet"),
          Map.entry("ReportController.BalanceBody", "BalanceAt"),
          Map.entry("ReportController.BadBody", "BadEntry"),
          Map.entry("DeliveryHistory.AttemptBody", "DeliveryAttempt"),
          Map.entry("DeliveryController.Redelivered", "Redelivery"));

  private final Map<String, Class<?>> taken = new HashMap<>();

  /** The name of a type; two types never share one. */
  String of(Class<?> type) {
    String name = name(type);
    Class<?> other = taken.putIfAbsent(name, type);
    if (other != null && other != type) {
      throw new IllegalStateException(
          "%s and %s are both called %s: name one of them in SchemaNames"
              .formatted(type, other, name));
    }
    return name;
  }

  private static String name(Class<?> type) {
    Class<?> around = type.getEnclosingClass();
    String qualified =
        around == null ? type.getSimpleName() : around.getSimpleName() + "." + type.getSimpleName();
    String published = PUBLISHED.get(qualified);
    if (published != null) {
      return published;
    }
    if (around == null) {
      return bare(type);
    }
    if (type.isEnum()) {
      return bare(around) + type.getSimpleName();
    }
    return around.isInterface() ? bare(type) + around.getSimpleName() : bare(type);
  }

  private static String bare(Class<?> type) {
    return type.getSimpleName().replaceFirst("(?<=.)(Body|Controller)$", "");
  }
}

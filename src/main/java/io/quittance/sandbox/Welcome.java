package io.quittance.sandbox;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Prints the last lines of the sandbox's start: its addresses, and a command to try. They are not
 * logged, because logs must not have keys.
 */
@Component
@Profile("sandbox")
class Welcome implements ApplicationListener<ApplicationReadyEvent> {

  private static final String TEXT =
      """

      The sandbox listens on %1$s

        API key   %2$s
        accounts  world (external), alice, bob and shop in EUR; world.usd, alice.usd, bob.usd and shop.usd in USD
        try       curl -sS %1$s/v1/payments -H 'Authorization: Bearer %2$s' \
      -H 'Content-Type: application/json' -H 'Idempotency-Key: first' \
      -d '{"amount":1200,"currency":"EUR","payer":"alice","payee":"shop"}'
      """;

  @Override
  public void onApplicationEvent(ApplicationReadyEvent ready) {
    System.out.println(text(ready.getApplicationContext()));
  }

  private static String text(ApplicationContext context) {
    Environment environment = context.getEnvironment();
    String host = environment.getProperty("server.address", "localhost");
    String service = "http://%s:%s".formatted(host, environment.getProperty("local.server.port"));
    var text = new StringBuilder(TEXT.formatted(service, DemoData.KEY));
    if (hasConsole(context)) {
      text.append("  console   ").append(service).append("/console/\n");
    }
    if (environment.getProperty("springdoc.swagger-ui.enabled", Boolean.class, false)) {
      text.append("  Swagger   ").append(service).append("/swagger-ui/index.html\n");
    }
    return text.toString();
  }

  private static boolean hasConsole(ApplicationContext context) {
    return context.getBeansOfType(RequestMappingHandlerMapping.class).values().stream()
        .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
        .flatMap(mapped -> mapped.getPatternValues().stream())
        .anyMatch(path -> path.startsWith("/console"));
  }
}

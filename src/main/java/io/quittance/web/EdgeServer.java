package io.quittance.web;

import org.apache.catalina.core.StandardHost;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Tomcat as a public service needs it: limits on time, and refusals in our own words. */
@Component
final class EdgeServer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

  private final WebProperties properties;

  EdgeServer(WebProperties properties) {
    this.properties = properties;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    factory.setProtocol(PatientProtocol.class.getName());
    factory.addConnectorCustomizers(
        connector -> {
          ((PatientProtocol) connector.getProtocolHandler()).headerLimit(properties.headerLimit());
          connector.setXpoweredBy(false);
        });
    factory.addContextCustomizers(
        context ->
            ((StandardHost) context.getParent())
                .setErrorReportValveClass(ProblemValve.class.getName()));
  }
}

package io.quittance.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Tomcat says by itself, as it does while it stops. */
class ProblemValveTest {

  private final Tomcat tomcat = new Tomcat();

  /** Leaves the answer to Tomcat; the path is its status. */
  private static final class Status extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.sendError(Integer.parseInt(request.getPathInfo().substring(1)));
    }
  }

  @BeforeEach
  void start(@TempDir Path directory) throws LifecycleException {
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "status", new Status());
    context.addServletMappingDecoded("/*", "status");
    ((StandardHost) tomcat.getHost()).setErrorReportValveClass(ProblemValve.class.getName());
    tomcat.getConnector();
    tomcat.start();
  }

  @AfterEach
  void stop() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }

  @Test
  void saysWhenToComeBackWhileItIsUnavailable() throws Exception {
    HttpResponse<String> answer = get(503);

    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(answer.body()).contains("\"code\":\"overloaded\"", "\"outcome\":\"none\"");
  }

  @Test
  void saysNothingOfComingBackToWhatWillNotChange() throws Exception {
    assertThat(get(404).headers().firstValue("Retry-After")).isEmpty();
  }

  private HttpResponse<String> get(int status) throws IOException, InterruptedException {
    String service = "http://localhost:" + tomcat.getConnector().getLocalPort();
    try (var client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(service + "/" + status)).build(),
          BodyHandlers.ofString());
    }
  }
}

package io.quittance;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the service: the sandbox by default, the real thing under the profile {@code production}. */
@SpringBootApplication
public class QuittanceApplication {

  public static void main(String[] args) {
    SpringApplication.run(QuittanceApplication.class, args);
  }
}

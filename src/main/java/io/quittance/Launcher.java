package io.quittance;

import java.lang.reflect.InvocationTargetException;

/**
 * Starts the service on a JVM that can run it; on any other it prints in one line what is needed.
 * Compiled for an old Java version, so that it runs there.
 *
 * <p>StructuredTaskScope is a preview API (JEP 505): only Java 25 loads the classes that use it,
 * and only with {@code --enable-preview}, which no manifest can turn on (JEP 12).
 */
public final class Launcher {

  private static final int JAVA = 25;
  private static final String NEEDS_PREVIEW = "io.quittance.concurrency.Round";
  private static final String APPLICATION = "io.quittance.QuittanceApplication";

  private Launcher() {}

  public static void main(String[] args) throws Throwable {
    Runtime.Version here = Runtime.version();
    if (here.feature() != JAVA) {
      refuse("Quittance needs Java %d. This is Java %s, in %s.", JAVA, here, home());
    } else if (!previewEnabled()) {
      refuse("Quittance needs preview features: java --enable-preview -jar %s", jar());
    }
    start(args);
  }

  private static boolean previewEnabled() throws ClassNotFoundException {
    try {
      Class.forName(NEEDS_PREVIEW, false, Launcher.class.getClassLoader());
      return true;
    } catch (UnsupportedClassVersionError e) {
      return false;
    }
  }

  private static void start(String[] args) throws Throwable {
    try {
      Class.forName(APPLICATION).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** The jar as the command line named it. */
  private static String jar() {
    String started = System.getProperty("java.class.path");
    return started.endsWith(".jar") ? started : "quittance.jar";
  }

  private static String home() {
    return System.getProperty("java.home");
  }

  private static void refuse(String message, Object... values) {
    System.err.println(String.format(message, values));
    System.exit(1);
  }
}

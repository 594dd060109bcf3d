# The plain tags (25-jdk, 25-jre) move to a new Ubuntu on their own; these name theirs. They still move with each update: for
# the same base each time, give digests (--build-arg JRE_IMAGE=eclipse-temurin@sha256:…).
ARG JDK_IMAGE=eclipse-temurin:25-jdk-noble
ARG JRE_IMAGE=eclipse-temurin:25-jre-noble

FROM ${JDK_IMAGE} AS build

# Temurin's images for Java 25 carry neither curl nor wget; mvnw needs one of them to fetch Maven.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY src src

# Maven and the dependencies stay in the builder's cache: a changed pom.xml fetches what is new.
RUN --mount=type=cache,target=/cache MAVEN_USER_HOME=/cache \
    ./mvnw -B -ntp -Dmaven.repo.local=/cache/repository -DskipTests package
RUN java -Djarmode=tools -jar target/quittance.jar extract --layers --destination layers


FROM ${JRE_IMAGE}

ARG JRE_IMAGE
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Quittance" \
      org.opencontainers.image.description="Payments under a deadline, on a double-entry ledger" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.base.name="${JRE_IMAGE}"

# The uid is a number so that Kubernetes can check runAsNonRoot without reading /etc/passwd.
# The entry in /etc/passwd gives the JVM a user.home.
RUN groupadd --gid 10001 quittance \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin quittance

# Root owns the files, so the service cannot change its own code. What changes least comes first.
WORKDIR /app
COPY --from=build /build/layers/dependencies/ ./
COPY --from=build /build/layers/spring-boot-loader/ ./
COPY --from=build /build/layers/snapshot-dependencies/ ./
COPY --from=build /build/layers/application/ ./

# The cache that makes a start quick and cold code fast (JEP 514, 515), trained by real payments with the very JVM and jar
# files that it is for. The options that open modules have to be the same as below.
RUN --mount=type=bind,source=ops,target=/ops \
    --mount=type=bind,from=build,source=/opt/java/openjdk,target=/opt/jdk \
    JDK_JAVA_OPTIONS="--enable-preview --enable-native-access=ALL-UNNAMED" TRAINER_JAVA=/opt/jdk/bin/java \
    /ops/aot /app/quittance.jar /app

# --enable-preview: StructuredTaskScope is a preview API in Java 25 (JEP 505).
# ExitOnOutOfMemoryError: a JVM without memory must be replaced, not kept half alive.
ENV JDK_JAVA_OPTIONS="--enable-preview --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError -XX:AOTCache=/app/quittance.aot" \
    SPRING_PROFILES_ACTIVE=production

USER 10001:10001

# 8080 serves the API; 8081 serves health and metrics and stays inside the cluster.
EXPOSE 8080 8081

# Needs no shell and no curl; Kubernetes asks by itself and ignores this. A small JVM of its own, without the cache.
HEALTHCHECK --interval=10s --timeout=5s --start-period=90s --retries=3 \
    CMD ["java", "-XX:AOTMode=off", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx16m", "-cp", "quittance.jar", "io.quittance.HealthCheck"]

ENTRYPOINT ["java", "-jar", "quittance.jar"]

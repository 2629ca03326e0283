// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.bench;

import static us.abstracta.jmeter.javadsl.JmeterDsl.httpHeaders;
import static us.abstracta.jmeter.javadsl.JmeterDsl.httpSampler;
import static us.abstracta.jmeter.javadsl.JmeterDsl.testPlan;
import static us.abstracta.jmeter.javadsl.JmeterDsl.threadGroup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import us.abstracta.jmeter.javadsl.core.TestPlanStats;
import us.abstracta.jmeter.javadsl.core.engines.EmbeddedJmeterEngine;
import us.abstracta.jmeter.javadsl.core.stats.StatsSummary;
import us.abstracta.jmeter.javadsl.http.DslHttpSampler;
import us.abstracta.jmeter.javadsl.http.HttpHeaders;

/**
 * One request that is sent over and over, by Apache JMeter.
 *
 * @param body empty: a GET
 */
record Load(String url, Map<String, String> headers, String body) {

  /** What JMeter replaces by the number of the connection, from 1. */
  static final String CONNECTION = "${__threadNum}";

  /**
   * What came of it.
   *
   * @param p50 milliseconds, as is
   * @param p95 which is of this round alone
   */
  record Result(double perSecond, double p50, double p95, long errors) {}

  Result run(int connections, Duration time) {
    HttpHeaders all = httpHeaders();
    headers.forEach(all::header);
    DslHttpSampler request = httpSampler(url).children(all);
    if (!body.isEmpty()) {
      request.method("POST").body(body);
    }
    try {
      TestPlanStats stats =
          testPlan(threadGroup(connections, time, request))
              .runIn(new EmbeddedJmeterEngine().prop("summariser.out", false));
      StatsSummary overall = stats.overall();
      return new Result(
          overall.samples().perSecond(),
          overall.sampleTime().median().toNanos() / 1e6,
          overall.sampleTime().perc95().toNanos() / 1e6,
          overall.errorsCount());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}

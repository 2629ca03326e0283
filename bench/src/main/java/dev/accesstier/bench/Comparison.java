// SPDX-License-Identifier: Apache-2.0
package dev.accesstier.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Two ways to do the same, each in turn, so that what the machine does meanwhile meets both.
 *
 * @param name what is done
 * @param peer who else does it
 */
record Comparison(String name, String peer, int connections, Load ours, Load theirs) {

  /**
   * Medians of the rounds.
   *
   * @param perSecond requests a second
   * @param spread of those, the slowest and the fastest round
   * @param p95 milliseconds
   */
  record Side(double perSecond, double[] spread, double p50, double p95, long errors) {

    private static Side of(List<Load.Result> rounds) {
      double[] speeds = sorted(rounds, Load.Result::perSecond);
      return new Side(
          median(speeds),
          new double[] {speeds[0], speeds[speeds.length - 1]},
          median(sorted(rounds, Load.Result::p50)),
          median(sorted(rounds, Load.Result::p95)),
          rounds.stream().mapToLong(Load.Result::errors).sum());
    }

    private static double[] sorted(List<Load.Result> rounds, ToDoubleFunction<Load.Result> value) {
      return rounds.stream().mapToDouble(value).sorted().toArray();
    }
  }

  /**
   * What was measured.
   *
   * @param ratio how many times as fast as the peer
   */
  record Measured(
      String name, String peer, int connections, Side ours, Side theirs, double ratio) {}

  Measured measure(Mode mode) {
    List<Load.Result> here = new ArrayList<>();
    List<Load.Result> there = new ArrayList<>();
    ours.run(connections, mode.round());
    theirs.run(connections, mode.round());
    for (int round = 0; round < mode.rounds(); round++) {
      // Who is first changes, too.
      if (round % 2 == 0) {
        here.add(ours.run(connections, mode.round()));
      }
      there.add(theirs.run(connections, mode.round()));
      if (round % 2 == 1) {
        here.add(ours.run(connections, mode.round()));
      }
    }
    Side one = Side.of(here);
    Side other = Side.of(there);
    return new Measured(name, peer, connections, one, other, one.perSecond() / other.perSecond());
  }

  static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The median of a few, in whatever order. */
  static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return median(sorted);
  }
}

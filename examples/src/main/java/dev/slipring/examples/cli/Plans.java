package dev.slipring.examples.cli;

import dev.slipring.examples.Json;
import dev.slipring.rotation.EmergencyPlan;
import dev.slipring.rotation.RotationPlan;
import java.time.Duration;
import java.util.List;

/** Shows plans. Stateless. */
final class Plans {
    private Plans() {}

    static List<String> lines(RotationPlan plan) {
        return plan.toString().lines().toList();
    }

    static List<String> lines(EmergencyPlan plan) {
        return plan.toString().lines().toList();
    }

    static String json(EmergencyPlan plan) {
        Json json = new Json()
                .put("plan", plan.emergency().plan().name())
                .raw(
                        "versions",
                        Reply.array(plan.emergency().versions().stream()
                                .map(String::valueOf)
                                .toList()))
                .put("responses", plan.responses())
                .raw(
                        "exposure",
                        plan.exposure()
                                .map(Duration::toString)
                                .map(Json::quoted)
                                .orElse("null"))
                .put("outage", plan.outage().toString())
                .put("lost", plan.loss());
        return steps(json, plan.steps()).toString();
    }

    static String json(RotationPlan plan) {
        return steps(new Json(), plan).toString();
    }

    private static Json steps(Json json, RotationPlan plan) {
        return json.raw(
                        "steps",
                        Reply.array(plan.steps().stream()
                                .map(step -> new Json()
                                        .put("at", step.at().toString())
                                        .put("step", step.step())
                                        .put("version", step.version())
                                        .put("state", step.state())
                                        .toString())
                                .toList()))
                .put("then", plan.open());
    }
}

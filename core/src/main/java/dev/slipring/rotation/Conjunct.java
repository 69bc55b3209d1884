package dev.slipring.rotation;

/**
 * One condition of one transition's guard.
 *
 * @param transition the step that needs it
 * @param condition what has to hold
 */
record Conjunct(Class<? extends Step> transition, Condition condition) {
    @Override
    public String toString() {
        return transition.getSimpleName() + " needs " + condition;
    }
}

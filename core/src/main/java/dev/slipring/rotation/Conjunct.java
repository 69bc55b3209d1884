package dev.slipring.rotation;

/**
 * One condition of one transition's guard.
 *
 * @param transition the write that needs it
 * @param condition what has to hold
 */
record Conjunct(Class<? extends Step.Write> transition, Condition condition) {
    @Override
    public String toString() {
        return transition.getSimpleName() + " needs " + condition;
    }
}

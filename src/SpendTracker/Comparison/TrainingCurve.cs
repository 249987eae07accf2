using SpendTracker.Contracts;

namespace SpendTracker.Comparison;

/// <summary>How losses become a curve.</summary>
public static class TrainingCurves
{
    extension(TrainingCurve)
    {
        /// <summary>
        /// Reads the losses by epoch. Early stopping ends a run at the first epoch whose validation loss is above that of the best so far, and keeps the best:
        /// patience of one epoch. Null without a validation loss of two epochs: what is not measured has no turn.
        /// Source: L. Prechelt, Early Stopping – But When?, in: Neural Networks: Tricks of the Trade, 1998.
        /// </summary>
        public static TrainingCurve? Of(IReadOnlyList<decimal> validationLoss)
        {
            if (validationLoss.Count < 2)
            {
                return null;
            }

            var best = validationLoss.Index().MinBy(epoch => epoch.Item).Index;
            var stop = validationLoss.Count;
            var lowest = validationLoss[0];
            for (var epoch = 1; epoch < validationLoss.Count; epoch++)
            {
                if (validationLoss[epoch] > lowest)
                {
                    stop = epoch + 1;
                    break;
                }

                lowest = validationLoss[epoch];
            }

            return new TrainingCurve(
                validationLoss.Count, best + 1, validationLoss.Skip(best + 1).Any(loss => loss > validationLoss[best]), stop,
                    Math.Round((validationLoss.Count - stop) / (decimal)validationLoss.Count, 6));
        }
    }
}

namespace ServiceLoop.Triage.Training;

/// <summary>
/// Makes probabilities honest: one number, the temperature, sharpens or softens them so that of many texts with 0.8 eight of ten are right. It is fitted on texts
/// that the model had not seen. Pure.
/// </summary>
public static class Calibration
{
    private const double Coldest = 0.2;
    private const double Hottest = 5;
    private const int Steps = 60;
    private const double Least = 1e-12;

    /// <summary>Probabilities at a temperature: below 1 they become sharper. The order stays.</summary>
    public static double[] At(IReadOnlyList<float> probabilities, double temperature)
    {
        var scaled = new double[probabilities.Count];
        var most = double.NegativeInfinity;

        for (var i = 0; i < scaled.Length; i++)
        {
            scaled[i] = Math.Log(Math.Max(probabilities[i], Least)) / temperature;
            most = Math.Max(most, scaled[i]);
        }

        var sum = 0.0;

        for (var i = 0; i < scaled.Length; i++)
            sum += scaled[i] = Math.Exp(scaled[i] - most);

        for (var i = 0; i < scaled.Length; i++)
            scaled[i] /= sum;

        return scaled;
    }

    /// <summary>The temperature at which the right labels are likeliest.</summary>
    /// <param name="probabilities">For each text a probability of each label.</param>
    /// <param name="labels">The place of the right label of each.</param>
    public static double Fit(IReadOnlyList<float[]> probabilities, IReadOnlyList<int> labels)
    {
        // The loss has one valley in the logarithm of the temperature: narrow it by the golden section.
        var golden = (Math.Sqrt(5) - 1) / 2;
        var (low, high) = (Math.Log(Coldest), Math.Log(Hottest));
        var (a, b) = (high - golden * (high - low), low + golden * (high - low));
        var (lossA, lossB) = (Loss(Math.Exp(a)), Loss(Math.Exp(b)));

        for (var step = 0; step < Steps && high - low > 1e-4; step++)
            if (lossA < lossB)
            {
                (high, b, lossB) = (b, a, lossA);
                a = high - golden * (high - low);
                lossA = Loss(Math.Exp(a));
            }
            else
            {
                (low, a, lossA) = (a, b, lossB);
                b = low + golden * (high - low);
                lossB = Loss(Math.Exp(b));
            }

        return Math.Exp((low + high) / 2);

        double Loss(double temperature)
        {
            var loss = 0.0;

            for (var i = 0; i < labels.Count; i++)
                loss -= Math.Log(Math.Max(At(probabilities[i], temperature)[labels[i]], Least));

            return loss;
        }
    }
}

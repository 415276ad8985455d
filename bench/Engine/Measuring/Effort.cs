namespace ServiceLoop.Engine.Bench.Measuring;

/// <summary>How much time is spent on a figure.</summary>
/// <param name="WarmUp">For each contestant, so that the just-in-time compiler has done its best.</param>
/// <param name="Round">Length of one round.</param>
/// <param name="Rounds">Rounds of each contestant; odd, for the median.</param>
/// <param name="IsQuick">True: large sizes are left out.</param>
internal sealed record Effort(TimeSpan WarmUp, TimeSpan Round, int Rounds, bool IsQuick)
{
    public static readonly Effort Full = new(TimeSpan.FromMilliseconds(1_000), TimeSpan.FromMilliseconds(25), 21, false);

    public static readonly Effort Quick = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(2), 3, true);
}

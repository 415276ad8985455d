using CsCheck;

namespace ServiceLoop.ServiceDesk.Tests;

/// <summary>Chooses one of some values.</summary>
internal static class AnyOf
{
    public static Gen<T> These<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}

namespace ServiceLoop.ServiceDesk.Tests;

public sealed class FourEyesTests
{
    [Theory]
    [InlineData("ann", "bob", true)]
    [InlineData("ann", "Ann", false)]
    [InlineData("ann", "ann for bob", false)]
    [InlineData("bob", "ann for bob", false)]
    [InlineData("cleo for ann", "ann for bob", false)]
    [InlineData("cleo for dan", "ann for bob", true)]
    [InlineData("time for tea", "time for tea", false)]
    [InlineData("anna", "ann for bob", true)]
    public void One_name_in_common_is_one_pair_of_eyes(string one, string other, bool areFour)
    {
        FourEyes.Are(one, other).ShouldBe(areFour);
        FourEyes.Are(other, one).ShouldBe(areFour);
    }
}

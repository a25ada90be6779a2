using ConvoxSsl.Cmdlets;
using ConvoxSsl.Engine;

namespace ConvoxSsl.Tests.Hosting;

/// <summary>Which rack a cmdlet works on.</summary>
public sealed class RackChoiceTests
{
    private static readonly ConvoxRack Connected = new() { Name = "production", Kind = ConvoxRackKind.Local, Location = "/racks/production" };

    [Fact]
    public void A_rack_that_is_given_whole_is_taken_as_it_is()
    {
        var given = new ConvoxRack { Name = "given", Kind = ConvoxRackKind.Local, Location = "/racks/given" };

        Assert.Same(given, Find(given, Connected));
    }

    [Fact]
    public void The_connected_one_is_the_default_and_is_found_by_its_name()
    {
        Assert.Same(Connected, Find(null, Connected));
        Assert.Same(Connected, Find(ConvoxRack.Reference("PRODUCTION"), Connected));
    }

    [Theory]
    [InlineData("./here")]
    [InlineData("~/here")]
    [InlineData("/somewhere/here")]
    public void A_path_is_a_rack_in_a_directory(string path)
    {
        var rack = Find(ConvoxRack.Reference(path), Connected);

        Assert.Equal("/resolved" + path.TrimStart('.', '~'), rack.Location);
        Assert.Equal(rack.Location, rack.Name);
    }

    [Fact]
    public void The_local_one_is_found_by_its_name_beside_a_connected_one()
    {
        var rack = Find(ConvoxRack.Reference("local"), Connected);

        Assert.Equal(("local", ConvoxRackKind.Local), (rack.Name, rack.Kind));
        Assert.NotEqual(Connected.Location, rack.Location);
    }

    [Fact]
    public void Another_name_is_refused_with_the_ways_to_name_one() =>
        Assert.Equal("RackNotFound", Assert.Throws<InvalidInputException>(() => Find(ConvoxRack.Reference("staging"), Connected)).Code);

    [Fact]
    public void Each_session_has_its_own_connection()
    {
        using var one = new HostedPowerShell();
        using var two = new HostedPowerShell(connect: false);

        one.OnThisThread(() => Assert.Equal(one.RackPath, RackConnections.Current?.Location));
        two.OnThisThread(() => Assert.Null(RackConnections.Current));
        one.OnThisThread(RackConnections.Disconnect);
        one.OnThisThread(() => Assert.Null(RackConnections.Current));
    }

    private static ConvoxRack Find(ConvoxRack? named, ConvoxRack? connected) =>
        CompositionRoot.Find(named, connected, [], path => "/resolved" + path.TrimStart('.', '~'));
}

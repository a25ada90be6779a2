using ConvoxSsl.Engine;
using ConvoxSsl.Racks;
using ConvoxSsl.Tests.Sessions;

namespace ConvoxSsl.Tests.Cmdlets;

/// <summary>Tests the selection of the rack.</summary>
public sealed class RackSelectionTests
{
    private static readonly ConvoxRack Connected = new()
    {
        Name = "production",
        Kind = ConvoxRackKind.Local,
        Location = "/racks/production",
    };

    [Fact]
    public void Find_Rack_ReturnsIt()
    {
        var given = new ConvoxRack { Name = "given", Kind = ConvoxRackKind.Local, Location = "/racks/given" };

        Assert.Same(given, Find(given, Connected));
    }

    [Fact]
    public void Find_ConnectedRack_IsDefaultAndFoundByName()
    {
        Assert.Same(Connected, Find(null, Connected));
        Assert.Same(Connected, Find(ConvoxRack.CreateReference("PRODUCTION"), Connected));
    }

    [Theory]
    [InlineData("./here")]
    [InlineData("~/here")]
    [InlineData("/somewhere/here")]
    public void Find_Path_ReturnsLocalRack(string path)
    {
        var rack = Find(ConvoxRack.CreateReference(path), Connected);

        Assert.Equal("/resolved" + path.TrimStart('.', '~'), rack.Location);
        Assert.Equal(rack.Location, rack.Name);
    }

    [Fact]
    public void Find_Local_ReturnsLocalRackBesideConnectedOne()
    {
        var rack = Find(ConvoxRack.CreateReference("local"), Connected);

        Assert.Equal(("local", ConvoxRackKind.Local), (rack.Name, rack.Kind));
        Assert.NotEqual(Connected.Location, rack.Location);
    }

    [Fact]
    public void Find_UnknownName_Throws() =>
        Assert.Equal(
            "RackNotFound", Assert.Throws<InvalidInputException>(() => Find(ConvoxRack.CreateReference("staging"), Connected)).Code);

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
        RackLocator.Find(named, connected, [], path => "/resolved" + path.TrimStart('.', '~'));
}

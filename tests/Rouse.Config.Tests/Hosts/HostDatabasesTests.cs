using Rouse.Config.Hosts;
using Rouse.Config.Model;
using Rouse.Config.Text;

namespace Rouse.Config.Tests.Hosts;

public sealed class HostDatabasesTests
{
    private readonly MemoryHost _host = new();

    [Theory]
    [InlineData("echo", "udp", 7)]
    [InlineData("null", "tcp", 9)]
    [InlineData("ident", "tcp", 113)]
    public void A_port_is_found_by_name_and_by_alias(string service, string protocol, int expected)
    {
        Assert.True(new HostDatabases(_host).TryFindPort(SourceFile.Encode(service), SourceFile.Encode(protocol), out ushort port));
        Assert.Equal(expected, port);
    }

    [Theory]
    [InlineData("ftp", "udp")]
    [InlineData("7/tcp", "tcp")]
    [InlineData("Echo", "tcp")]
    [InlineData("comment", "tcp")]
    public void Another_name_or_protocol_is_not_found(string service, string protocol) =>
        Assert.False(new HostDatabases(_host).TryFindPort(SourceFile.Encode(service), SourceFile.Encode(protocol), out _));

    [Fact]
    public void Damaged_lines_of_a_database_are_passed_over()
    {
        _host.Files["/etc/services"] = SourceFile.Encode("a\nb 1\nc /tcp\nd x/tcp\ne 99999/tcp\nf 5x/tcp\n\n#\ng 6/tcp#alias\ng2 8/tcp");
        HostDatabases databases = new(_host);
        foreach (string name in (string[])["a", "b", "c", "d", "e", "f", "alias"])
        {
            Assert.False(databases.TryFindPort(SourceFile.Encode(name), "tcp"u8, out _), name);
        }

        Assert.True(databases.TryFindPort("g"u8, "tcp"u8, out ushort port));
        Assert.Equal(6, port);
        Assert.True(databases.TryFindPort("g2"u8, "tcp"u8, out port));
    }

    [Theory]
    [InlineData("tcp", 6)]
    [InlineData("udp", 17)]
    [InlineData("ip", 0)]
    [InlineData("icmp", 1)]
    [InlineData("ipv6", 41)]
    [InlineData("sctp", 132)]
    public void Without_etc_protocols_the_usual_protocols_are_known(string name, int number)
    {
        _host.Files.Remove("/etc/protocols");
        Assert.True(new HostDatabases(_host).TryFindProtocol(SourceFile.Encode(name), out ProtocolEntry protocol));
        Assert.Equal(new ProtocolEntry(name, number), protocol);
    }

    [Fact]
    public void An_rpc_program_is_found_by_its_alias()
    {
        Assert.True(new HostDatabases(_host).TryFindRpc("rstat_svc"u8, out uint number));
        Assert.Equal(100001u, number);
    }

    [Fact]
    public void A_short_network_number_is_filled_up_with_zeros()
    {
        Assert.True(new HostDatabases(_host).TryFindNetwork("office"u8, out uint network));
        Assert.Equal(0x0a010000u, network);
    }
}

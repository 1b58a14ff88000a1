using System.Collections.Generic;
using Rouse.Config.Addresses;
using Rouse.Config.Diagnostics;

namespace Rouse.Config.Tests.Doctor;

public sealed class ReachabilityTests
{
    private const string Multiplexer = "service tcpmux\n{\ntype = INTERNAL\nsocket_type = stream\nwait = no\n}\n";

    [Fact]
    public void A_multiplexed_service_needs_a_multiplexer()
    {
        Assert.Equal(["RS0166 warning 'm'"], Examined.Words(Examined.Text(Multiplexed("m"))));
        Assert.Equal(
            ["RS0166 warning 'm'"], Examined.Words(Examined.Text(Multiplexer.Replace("wait", "disable = yes\nwait") + Multiplexed("m"))));
        Assert.Empty(Examined.Text(Multiplexer + Multiplexed("m")));
    }

    [Fact]
    public void The_second_multiplexed_service_of_a_name_is_never_found() => Assert.Equal(
        ["RS0172 warning 'M'"],
        Examined.Words(Examined.Text(Multiplexer + Multiplexed("m") + Multiplexed("M", "id = other") + Multiplexed("n"))));

    [Fact]
    public void A_multiplexed_service_of_the_name_help_is_never_found() => Assert.Equal(
        ["RS0172 warning 'help'"], Examined.Words(Examined.Text(Multiplexer + Multiplexed("help"))));

    [Theory]
    [InlineData("enabled = gone", "", "RS0168 warning 'gone'")]
    [InlineData("enabled = test", "", "")]
    [InlineData("disabled = test", "", "RS0168 warning 'test'")]
    [InlineData("disabled = test", "disable = yes", "")]
    [InlineData("", "disable = yes", "")]
    public void Lists_that_leave_no_service_are_told(string inDefaults, string inService, string expected) => Assert.Equal(
        expected, string.Join('|', Examined.Words(Examined.Text($"defaults\n{{\n{inDefaults}\n}}\n" + Loaded.Service(inService)))));

    [Theory]
    [InlineData("bind = 192.0.2.1", "")]
    [InlineData("bind = 192.0.2.2", "RS0169 warning '192.0.2.2'")]
    [InlineData("interface = 192.0.2.2", "RS0169 warning '192.0.2.2'")]
    [InlineData("bind = 0.0.0.0", "")]
    [InlineData("bind = 2001:db8::1", "RS0169 warning '2001:db8::1'")]
    public void A_bind_address_of_another_host_is_told(string lines, string expected) =>
        Assert.Equal(expected, string.Join('|', Examined.Lines(lines)));

    [Fact]
    public void A_bind_address_of_the_defaults_is_told_at_the_service() => Assert.Equal(
        ["RS0169 warning 'test'"], Examined.Words(Examined.Text("defaults\n{\nbind = 192.0.2.2\n}\n" + Loaded.Service(""))));

    [Fact]
    public void A_port_that_the_kernel_chooses_is_told()
    {
        Assert.Equal(["RS0170 warning '0'"], Examined.Words(Examined.Text(Loaded.Service("", port: 0))));
        Assert.Empty(Examined.Text(
            "service rstatd\n{\ntype = RPC\nsocket_type = stream\nprotocol = tcp\nwait = no\nuser = nobody\nserver = /usr/sbin/in.server\n"
            + "rpc_version = 2\n}\n"));
    }

    [Theory]
    [InlineData("127.0.0.1 7001", "", "to itself")]
    [InlineData("0.0.0.0 7001", "", "to itself")]
    [InlineData("192.0.2.1 7001", "", "to itself")]
    [InlineData("127.0.0.1 7002", "", null)]
    [InlineData("192.0.2.2 7001", "", null)]
    [InlineData("127.0.0.1 7001", "bind = 192.0.2.1", null)]
    [InlineData("192.0.2.1 7001", "bind = 192.0.2.1", "to itself")]
    [InlineData("::1 7001", "flags = IPv4", null)]
    [InlineData("::1 7001", "", "to itself")]
    public void A_redirect_to_itself_is_told(string target, string lines, string? words)
    {
        IReadOnlyCollection<Diagnostic> found = Examined.Text(Redirect("a", 7001, target, lines));
        if (words is null)
        {
            Assert.Empty(found);
        }
        else
        {
            Assert.Contains("'a' redirects to itself", Examined.Only(found, Codes.RedirectLoop));
        }
    }

    [Fact]
    public void Redirects_that_lead_round_in_a_circle_are_told_each()
    {
        string text = Redirect("a", 7001, "127.0.0.1 7002") + Redirect("b", 7002, "127.0.0.1 7003") + Redirect("c", 7003, "127.0.0.1 7001");
        Assert.Equal(3, Examined.Text(text).Count);
        Assert.All(Examined.Text(text), found => Assert.Contains("back to itself, through 2 other services", found.Message));

        // One that leads into a circle is in none.
        text = Redirect("x", 7009, "127.0.0.1 7001") + Redirect("a", 7001, "127.0.0.1 7001");
        Assert.Equal(["RS0171 warning '127.0.0.1 7001'"], Examined.Words(Examined.Text(text)));
    }

    [Theory]
    [InlineData("127.0.0.1 8080", "", "")]
    [InlineData("127.0.0.1 7001", "", "the service itself listens there")]
    [InlineData("0.0.0.0 7001", "", "the service itself listens there")]
    [InlineData("127.0.0.1 7001", "bind = 192.0.2.1", "")]
    [InlineData("127.0.0.1 7002", "", "service 'other' has it")]
    [InlineData("192.0.2.2 8080", "", "this host does not have the address 192.0.2.2")]
    public void A_backend_that_could_not_listen_is_told(string backend, string lines, string words)
    {
        IReadOnlyCollection<Diagnostic> found = Examined.Text(
            Behind("a", 7001, backend, lines) + Redirect("other", 7002, "127.0.0.1 7003"));
        Assert.Equal(words.Length == 0 ? 0 : 1, found.Count);
        Assert.All(found, finding => Assert.Contains(words, finding.Message));
        Assert.All(found, finding => Assert.Equal(Codes.BackendTaken, finding.Code));
    }

    [Fact]
    public void Two_servers_at_one_backend_are_told() => Assert.Equal(
        2, Examined.Text(Behind("a", 7001, "127.0.0.1 8080", "") + Behind("b", 7002, "127.0.0.1 8080", "")).Count);

    [Fact]
    public void An_address_that_the_host_has_is_none_of_another()
    {
        MemoryDoctor doctor = new();
        doctor.Addresses.Add(IpAddress.FromV4(0xc0000202));
        Assert.Empty(Examined.Lines("bind = 192.0.2.2", doctor: doctor));
    }

    private static string Multiplexed(string name, string lines = "") =>
        $"service {name}\n{{\ntype = TCPMUX UNLISTED\nsocket_type = stream\nprotocol = tcp\nwait = no\nuser = nobody\nserver = /usr/sbin/in.server\n"
        + lines + "\n}\n";

    private static string Behind(string name, int port, string backend, string lines) =>
        $"service {name}\n{{\ntype = UNLISTED\nport = {port}\nsocket_type = stream\nwait = no\nuser = nobody\nserver = /usr/sbin/in.server\n"
        + $"#rouse: start = on-demand-resident\n#rouse: backend = {backend}\n{lines}\n}}\n";

    private static string Redirect(string name, int port, string target, string lines = "") =>
        $"service {name}\n{{\ntype = UNLISTED\nport = {port}\nsocket_type = stream\nwait = no\nuser = nobody\nredirect = {target}\n{lines}\n}}\n";
}

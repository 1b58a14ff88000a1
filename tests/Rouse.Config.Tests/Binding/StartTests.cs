using System;
using System.Linq;
using Rouse.Config.Diagnostics;
using Rouse.Config.Model;

namespace Rouse.Config.Tests.Binding;

/// <summary>Whether a service goes with what its <c>start</c> asks for.</summary>
public sealed class StartTests
{
    private const string Common = "type = UNLISTED\nport = 4000\nuser = root\n";
    private const string Server = Common + "server = /usr/sbin/in.server\n";

    [Theory]
    [InlineData(Server + "socket_type = stream\nwait = yes\nstart = resident", StartKind.Resident, true)]
    [InlineData(Server + "socket_type = dgram\nwait = yes\nstart = resident", StartKind.Resident, true)]
    [InlineData(Server + "socket_type = dgram\nwait = yes\nstart = on-demand-resident\nbackend = ::1 80", StartKind.OnDemandResident, false)]
    [InlineData(Server + "socket_type = dgram\nwait = no\nstart = on-demand-resident\nbackend = ::1 80", StartKind.OnDemandResident, false)]
    [InlineData(Server + "socket_type = stream\nwait = yes\n#rouse: start = on-demand-resident\n#rouse: backend = ::1 80", StartKind.OnDemandResident, false)]
    [InlineData(Server + "socket_type = stream\nwait = no\nstart = warm shared", StartKind.WarmShared, false)]
    public void A_start_that_fits_is_taken(string lines, StartKind kind, bool wait)
    {
        ServiceDefinition service = Assert.Single(Loaded.From($"service test\n{{\n{lines}\n}}\n").Services);
        Assert.Equal(kind, service.Start.Kind);
        Assert.Equal(wait, service.Wait);
    }

    [Theory]
    [InlineData(Server + "socket_type = stream\nwait = no\nstart = resident")]
    [InlineData(Server + "socket_type = stream\nwait = no\nstart = on-demand-resident")]
    [InlineData(Server + "socket_type = raw\nprotocol = icmp\nwait = yes\nstart = on-demand-resident\nbackend = ::1 80")]
    [InlineData(Common + "redirect = ::1 80\nsocket_type = stream\nwait = no\nstart = on-demand-resident\nbackend = ::1 81")]
    [InlineData("type = INTERNAL UNLISTED\nport = 4000\nsocket_type = stream\nwait = yes\nstart = resident\nid = echo")]
    [InlineData("type = TCPMUX UNLISTED\nserver = /usr/sbin/in.server\nuser = root\nsocket_type = stream\nwait = yes\nstart = resident")]
    public void A_start_that_does_not_fit_leaves_the_service_out(string lines)
    {
        Configuration configuration = Loaded.From($"service test\n{{\n{lines}\n}}\n");
        Assert.Empty(configuration.Services);
        Assert.Contains(configuration.Diagnostics, finding => finding.Code == Codes.StartShape);
    }

    [Theory]
    [InlineData(Server + "socket_type = stream\nwait = yes\nstart = warm")]
    [InlineData(Server + "socket_type = dgram\nwait = yes\nstart = warm shared")]
    [InlineData(Common + "redirect = ::1 80\nsocket_type = stream\nwait = no\nstart = warm 2")]
    public void Where_warm_is_not_possible_the_service_starts_on_demand(string lines)
    {
        Configuration configuration = Loaded.From($"service test\n{{\n{lines}\n}}\n");
        Assert.Equal(StartKind.OnDemand, Assert.Single(configuration.Services).Start.Kind);
        Diagnostic told = Assert.Single(configuration.Diagnostics, finding => finding.Code == Codes.StartOnDemand);
        Assert.Equal(Severity.Warning, told.Severity);
        Assert.Contains("start = warm has no effect", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("only_from = 127.0.0.1", "", false)]
    [InlineData("no_access = 192.0.2.1", "", false)]
    [InlineData("access_times = 8:00-9:00", "", false)]
    [InlineData("", "only_from = 127.0.0.1", false)]
    [InlineData("only_from = 127.0.0.1\nflags = INTERCEPT", "", true)]
    [InlineData("", "", true)]
    public void A_resident_server_whose_lists_nobody_would_ask_is_left_out(string lines, string inDefaults, bool runs)
    {
        Configuration configuration = Loaded.From(
            $"defaults\n{{\n{inDefaults}\n}}\nservice test\n{{\n{Server}socket_type = stream\nwait = yes\nstart = resident\n{lines}\n}}\n");
        Assert.Equal(runs ? 1 : 0, configuration.Services.Length);
        Assert.Equal(runs ? 0 : 1, configuration.Diagnostics.Count(finding => finding.Code == Codes.ResidentUnjudged));
    }

    [Theory]
    [InlineData("idle_timeout = 5")]
    [InlineData("start = warm\nbackend = ::1 80")]
    [InlineData("start = warm\nwake = data")]
    [InlineData("start = on-demand\nstart_timeout = 5")]
    public void What_goes_with_another_start_is_told(string lines) =>
        Loaded.WithLines(lines).Runs(Codes.StartAttributeIdle, Severity.Warning);

    [Fact]
    public void That_the_original_does_not_know_them_is_told_once_and_not_of_comments()
    {
        Assert.Single(
            Loaded.WithLines("start = warm\nidle_timeout = 5\nstart_timeout = 5").Diagnostics, finding => finding.Code == Codes.OwnAttribute);
        Assert.Empty(Loaded.WithLines("#rouse: start = warm\n#rouse: idle_timeout = 5").Diagnostics);
    }
}

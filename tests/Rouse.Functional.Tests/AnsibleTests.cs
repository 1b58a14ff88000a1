using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>
/// Debian's Ansible manages services through chkconfig and service: what it asks for happens, and asked again it finds nothing to do.
/// </summary>
[Collection(Alone.Name)]
public sealed class AnsibleTests : IDisposable
{
    private const string Rsync = "# default: off\nservice rsync\n{\n\tsocket_type\t= stream\n\tdisable\t\t= yes\n}\n";

    private readonly Scratch _scratch = new();
    private readonly AnsibleHost _host;

    public AnsibleTests()
    {
        Subjects.OnlyOurs("chkconfig is a tool of ours");
        _host = new AnsibleHost(_scratch);
        _host.Tree.Script("lamp", Lamp("# chkconfig: 2345 20 80\n# description: Lights a lamp\n"));
        _host.Tree.Script("bell", Lamp(
            "### BEGIN INIT INFO\n# Provides: bell\n# Required-Start: lamp\n# Default-Start: 2 3 4 5\n# Default-Stop: 0 1 6\n### END INIT INFO\n"));
        _host.Tree.Script("dash", Lamp("# chkconfig: - 30 70\n# description: Off unless asked for\n"));
        _host.Tree.Script("xinetd", Lamp("# chkconfig: 345 56 50\n# description: The super-server\n"));
        _host.Tree.Xinetd("rsync", Rsync);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_second_run_of_a_play_changes_nothing()
    {
        const string Tasks = """
              - service: {name: lamp, enabled: yes, state: started, use: service}
              - service: {name: bell, enabled: yes, state: started}
              - sysvinit: {name: dash, enabled: yes, runlevels: [3, 5]}
              - command: chkconfig --list rsync
                register: rsync
                changed_when: no
              - command: chkconfig rsync on
                when: rsync.stdout.split() | last == 'off'

            """;
        string first = _host.Play(Tasks);
        Assert.Contains("changed=4 ", first);
        Assert.Contains("S20lamp", _host.Tree.Links(3));
        Assert.Contains("S50bell", _host.Tree.Links(3));
        Assert.Contains("S30dash", _host.Tree.Links(5));
        Assert.DoesNotContain("S30dash", _host.Tree.Links(4));
        Assert.Equal(Rsync.Replace("= yes", "= no"), File.ReadAllText(_host.Tree.At("xinetd.d/rsync")));
        Assert.True(File.Exists(_scratch["run/lamp"]));

        string before = _host.Tree.Snapshot();
        string second = _host.Play(Tasks);
        Assert.Contains("changed=0 ", second);
        Assert.Equal(before, _host.Tree.Snapshot());
    }

    [Theory]
    [InlineData("service")]
    [InlineData("sysvinit")]
    public void Enabled_and_disabled_and_read_back(string module)
    {
        _host.Tree.Succeed("--add", "lamp");
        AssertChanges(module, """{"name": "lamp", "enabled": false}""");
        Assert.Equal("lamp           \t0:off\t1:off\t2:off\t3:off\t4:off\t5:off\t6:off\n", _host.Tree.Succeed("--list", "lamp"));
        Assert.Equal(["K80lamp"], _host.Tree.Links(3));
        AssertChanges(module, """{"name": "lamp", "enabled": true}""");
        Assert.Equal("lamp           \t0:off\t1:off\t2:on\t3:on\t4:on\t5:on\t6:off\n", _host.Tree.Succeed("--list", "lamp"));
        AssertChanges(module, """{"name": "dash", "enabled": true}""");
        Assert.Contains("S30dash", _host.Tree.Links(3));
    }

    [Fact]
    public void A_service_without_links_is_added()
    {
        // The answer is that nothing was changed: what the module compares is the list after --add.
        JsonElement answer = _host.Module("service", """{"name": "lamp", "enabled": true}""");
        Assert.False(answer.TryGetProperty("failed", out _), answer.GetRawText());
        Assert.Equal(["S20lamp"], _host.Tree.Links(3));
        Assert.Equal(["K80lamp"], _host.Tree.Links(0));
    }

    [Theory]
    [InlineData("service")]
    [InlineData("sysvinit")]
    public void Started_and_stopped_by_what_the_script_says(string module)
    {
        AssertChanges(module, """{"name": "lamp", "state": "started"}""");
        Assert.True(File.Exists(_scratch["run/lamp"]));
        AssertChanges(module, """{"name": "lamp", "state": "stopped"}""");
        Assert.False(File.Exists(_scratch["run/lamp"]));
    }

    [Fact]
    public void A_service_that_chkconfig_does_not_know_is_not_enabled()
    {
        _host.Tree.Script("plain", Lamp(""));
        string before = _host.Tree.Snapshot();
        JsonElement answer = _host.Module("service", """{"name": "plain", "enabled": true}""");
        Assert.True(answer.GetProperty("failed").GetBoolean());
        Assert.Equal("service plain does not support chkconfig", answer.GetProperty("msg").GetString());
        Assert.Equal(before, _host.Tree.Snapshot());
    }

    [Fact]
    public void A_check_changes_nothing_and_says_what_would_change()
    {
        _host.Tree.Succeed("--add", "lamp");
        string before = _host.Tree.Snapshot();
        const string Parameters = """{"name": "lamp", "enabled": false, "_ansible_check_mode": true}""";
        Assert.True(_host.Module("service", Parameters).GetProperty("changed").GetBoolean());
        Assert.True(_host.Module("sysvinit", Parameters).GetProperty("changed").GetBoolean());
        Assert.Equal(before, _host.Tree.Snapshot());
    }

    [Fact]
    public void The_facts_are_the_tables()
    {
        foreach (string name in (string[])["lamp", "bell", "dash", "xinetd"])
        {
            _host.Tree.Succeed("--add", name);
        }

        _host.Module("service", """{"name": "lamp", "state": "started"}""");
        JsonElement services = _host.Module("service_facts", "{}").GetProperty("ansible_facts").GetProperty("services");
        Assert.Equal(
            ["bell stopped enabled", "dash stopped disabled", "lamp running enabled", "xinetd stopped enabled"],
            services.EnumerateObject()
                .Select(service => $"{service.Name} {service.Value.GetProperty("state")} {service.Value.GetProperty("status")}")
                .Order(StringComparer.Ordinal));
    }

    private void AssertChanges(string module, string parameters)
    {
        JsonElement first = _host.Module(module, parameters);
        Assert.True(first.GetProperty("changed").GetBoolean(), first.GetRawText());
        string before = _host.Tree.Snapshot();
        JsonElement second = _host.Module(module, parameters);
        Assert.False(second.GetProperty("changed").GetBoolean(), second.GetRawText());
        Assert.Equal(before, _host.Tree.Snapshot());
    }

    // Its file in /run is its process.
    private static string Lamp(string header) => "#!/bin/sh\n" + header + """
        me=${0##*/}
        case $1 in
            start) echo "Starting $me"; : >"/run/$me" ;;
            stop) echo "Stopping $me"; rm -f "/run/$me" ;;
            status)
                if [ -e "/run/$me" ]; then echo "$me (pid 1) is running..."; exit 0; fi
                echo "$me is stopped"
                exit 3 ;;
            *) exit 2 ;;
        esac

        """;
}

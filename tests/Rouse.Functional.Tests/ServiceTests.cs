using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Rouse.Harness;

namespace Rouse.Functional.Tests;

/// <summary>service(8) with init scripts, as it is built.</summary>
public sealed class ServiceTests : IDisposable
{
    // What a script is started with, not what its shell makes of it.
    private const string Teller = """
        #!/bin/sh
        tr '\0' '\n' </proc/$$/environ | sed 's/^/env /'
        echo "cwd $(pwd)"
        echo "umask $(umask)"
        echo "limit $(ulimit -Sn)"
        grep -E '^Sig(Blk|Ign)' /proc/$$/status
        ls /proc/$$/fd | tr '\n' ' '
        echo
        echo "name $0"
        for word; do echo "word [$word]"; done
        exit 7

        """;

    private readonly Scratch _scratch = new();
    private readonly ServiceHost _host;

    public ServiceTests()
    {
        Subjects.OnlyOurs("service is a tool of ours");
        _host = new ServiceHost(_scratch);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_script_runs_at_the_root_in_a_clean_environment_and_its_status_is_passed_on()
    {
        _host.Script("tell", Teller);
        CommandResult told = Shell("umask 027; ulimit -Sn 256; cd /tmp; FOO=bar BASH_ENV=/x LANG=de_DE TERM=vt100 exec \"$@\"", Tool, "tell", "status", "a b", "");
        Assert.Equal((7, ""), (told.ExitCode, told.Error));
        string[] lines = told.Text.Split('\n');
        Assert.Equal(
            ["env LANG=de_DE", "env PATH=/sbin:/usr/sbin:/bin:/usr/bin", "env TERM=vt100"],
            lines.Where(line => line.StartsWith("env ")).Order(StringComparer.Ordinal));
        Assert.Contains("cwd /", lines);
        Assert.Contains("umask 0027", lines);
        Assert.Contains("limit 256", lines);
        Assert.Contains("name /etc/init.d/tell", lines);
        Assert.Equal(["word [status]", "word [a b]", "word []"], lines.Where(line => line.StartsWith("word ")));
    }

    [Fact]
    public void A_script_finds_descriptors_and_signals_as_if_it_had_been_called_itself()
    {
        _host.Script("tell", Teller);
        const string Caller = "exec 5</dev/null; exec \"$@\"";
        string[] Of(CommandResult result) => [.. result.Text.Split('\n').Where(line => line.StartsWith("Sig") || line.StartsWith("0 "))];
        string[] direct = Of(Shell(Caller, "/etc/init.d/tell", "status"));
        string[] seen = Of(Shell(Caller, Tool, "tell", "status"));
        Assert.Equal("SigBlk:\t0000000000000000", seen[0]);
        Assert.Contains(" 5 ", seen[2]);

        Assert.Equal(direct[2], seen[2]);

        // Whoever runs these tests may have signals ignored, and then so have they; nothing is ignored beyond that.
        ulong Ignored(string[] lines) => Convert.ToUInt64(lines[1].Split('\t')[1], 16);
        Assert.Equal(0UL, Ignored(seen) & ~Ignored(direct));
    }

    [Fact]
    public void Input_and_output_are_the_scripts()
    {
        _host.Script("cat", "#!/bin/sh\necho out; echo err >&2; cat\n");
        IReadOnlyList<string> wrapper = _host.Wrapper;
        CommandResult result = Command.RunWithInput("in\n", wrapper[0], [.. wrapper.Skip(1), Tool, "cat", "start"]);
        Assert.Equal((0, "out\nin\n", "err\n"), (result.ExitCode, result.Text, result.Error));
    }

    [Fact]
    public void What_cannot_be_run_is_told_with_the_status_of_a_shell()
    {
        _host.Write("/etc/init.d/plain", "#!/bin/sh\nexit 0\n");
        AssertFails(126, "/etc/init.d/plain: Permission denied: is it executable", "plain", "start");
        AssertFails(126, "/etc/init.d/plain: Permission denied", "plain", "--full-restart");
        _host.Script("lost", "#!/no/such/interpreter\n");
        AssertFails(127, "/etc/init.d/lost: No such file or directory: its first line names an interpreter", "lost", "start");
        Directory.CreateDirectory(Path.Combine(_scratch["etc"], "init.d", "folder"));
        AssertFails(1, "folder: unrecognized service: /etc/init.d/folder is no file", "folder", "start");

        // Without a first line that names an interpreter it is the shell's.
        _host.Script("bare", "echo \"bare $1\"; exit 3\n");
        CommandResult bare = _host.Service("bare", "status");
        Assert.Equal((3, "bare status\n", ""), (bare.ExitCode, bare.Text, bare.Error));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("../passwd")]
    [InlineData("sub/script")]
    [InlineData("/etc/init.d/tell")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("-x")]
    [InlineData("a\nb")]
    public void What_is_no_service_is_unrecognized(string name)
    {
        _host.Script("tell", Teller);
        _host.Script(".hidden", Teller);
        _host.Script("sub/script", Teller);
        CommandResult result = _host.Service(name, "start");
        Assert.Equal((1, ""), (result.ExitCode, result.Text));
        Assert.StartsWith($"{name.Replace('\n', '?')}: unrecognized service", result.Error);
        Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void Without_words_it_tells_how_it_is_used()
    {
        const string Usage = "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n";
        CommandResult none = _host.Service();
        Assert.Equal((1, "", Usage), (none.ExitCode, none.Text, none.Error));
        foreach (string[] words in new string[][] { ["--help"], ["-h"], ["--h"], ["tell", "start", "--help"] })
        {
            CommandResult help = _host.Service(words);
            Assert.Equal((0, "", Usage), (help.ExitCode, help.Text, help.Error));
        }

        CommandResult version = _host.Service("--version");
        Assert.Equal((0, ""), (version.ExitCode, version.Text));
        Assert.Matches(@"^service ver\. \d+\.\d+\.\d+\n$", version.Error);
        Assert.Equal(version.Error, _host.Run(Path.Combine(Repository.Bin, "rouse"), "service", "-V").Error);

        // As make install names it.
        File.CreateSymbolicLink(_scratch["rouse-service"], Path.Combine(Repository.Bin, "rouse"));
        Assert.Equal(version.Error, _host.Run(_scratch["rouse-service"], "-V").Error);
    }

    [Fact]
    public void The_other_folder_of_scripts_is_looked_into_too()
    {
        _host.Script("old", "#!/bin/sh\necho \"$0 $1\"\n", "/etc/rc.d/init.d");
        CommandResult result = _host.Service("old", "start");
        Assert.Equal((0, "/etc/rc.d/init.d/old start\n"), (result.ExitCode, result.Text));
        Assert.Equal("/etc/rc.d/init.d/old status\n", _host.Service("--status-all").Text);
        _host.Script("old", "#!/bin/sh\necho new\n");
        Assert.Equal("new\n", _host.Service("old", "start").Text);
    }

    [Fact]
    public void A_full_restart_stops_and_then_starts_whatever_came_of_the_stop()
    {
        _host.Script("both", "#!/bin/sh\necho \"$*\"; [ $1 = start ] && exit 5; exit 1\n");
        CommandResult result = _host.Service("both", "--full-restart");
        Assert.Equal((5, "stop\nstart\n"), (result.ExitCode, result.Text));
    }

    [Fact]
    public void Every_script_is_asked_for_its_status_in_the_order_of_names()
    {
        foreach (string name in new[] { "b", "a", "functions", "halt", "reboot", "a~", "a.rpmsave", ".hidden" })
        {
            _host.Script(name, "#!/bin/sh\necho \"${0##*/} $* $(pwd) ${FOO-none}\"; kill -9 $$\n");
        }

        _host.Write("/etc/init.d/plain", "#!/bin/sh\necho plain\n");
        CommandResult result = Shell("FOO=1 exec \"$@\"", Tool, "--status-all");
        Assert.Equal((0, "a status / none\nb status / none\n", ""), (result.ExitCode, result.Text, result.Error));
    }

    [Fact]
    public void Real_scripts_headers_are_no_hindrance()
    {
        string corpus = Environment.GetEnvironmentVariable("ROUSE_INITSCRIPTS") ?? Path.Combine(Repository.Root, "..", "shared", "corpus", "initscripts");
        if (!Directory.Exists(corpus))
        {
            Assert.Skip($"no corpus of real init scripts at {corpus}");
        }

        string[] files = [.. Directory.GetFiles(corpus).Where(path => !path.EndsWith(".tsv"))];
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            // The corpus has their heads only: what follows is the test's.
            string name = Path.GetFileName(file);
            _host.Script(name, File.ReadAllText(file).TrimEnd('\n') + "\necho \"ran $*\"; exit 4\n");
            CommandResult result = _host.Service(name, "status", "now");
            Assert.Equal((4, "ran status now\n"), (result.ExitCode, result.Text));
        }
    }

    private static string Tool => Path.Combine(Repository.Bin, "service");

    private CommandResult Shell(string script, params string[] words) => _host.Run(["bash", "-c", script, "sh", .. words]);

    private void AssertFails(int status, string words, params string[] line)
    {
        CommandResult result = _host.Service(line);
        Assert.Equal((status, ""), (result.ExitCode, result.Text));
        Assert.Contains(words, result.Error);
    }
}

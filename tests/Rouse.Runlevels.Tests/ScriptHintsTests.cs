using System.Text;
using Rouse.Runlevels.Scripts;

namespace Rouse.Runlevels.Tests;

public sealed class ScriptHintsTests
{
    [Fact]
    public void Comments_and_assignments_are_found_with_their_lines()
    {
        ScriptHints hints = Read("#!/bin/sh\n# processname: sshd\n# pidfile: /var/run/sshd.pid\nDAEMON=\"/usr/sbin/sshd\" # it\nexport PORT=22;\nUSER=nobody\nPORT=23\n");
        Assert.Equal(new ScriptHint("sshd", 2), hints.ProcessName);
        Assert.Equal(new ScriptHint("/var/run/sshd.pid", 3), hints.PidFile);
        Assert.Equal(new ScriptHint("/usr/sbin/sshd", 4), hints.Program);
        Assert.Equal(new ScriptHint("22", 5), hints.Port);
        Assert.Equal(new ScriptHint("nobody", 6), hints.User);
    }

    [Theory]
    [InlineData("DAEMON=$PREFIX/sbin/x")]
    [InlineData("DAEMON=`which x`")]
    [InlineData("DAEMON=\"/a b\"")]
    [InlineData("DAEMON=\"/unfinished")]
    [InlineData("DAEMON=relative")]
    [InlineData("#DAEMON=/usr/sbin/x")]
    public void What_only_a_shell_could_know_is_not_guessed(string line) => Assert.False(Read(line).Program.IsGiven);

    [Theory]
    [InlineData("\treload)", true)]
    [InlineData("  reload|force-reload)", true)]
    [InlineData("  restart|reload)", true)]
    [InlineData("echo \"Usage: $0 {start|stop|reload}\"", true)]
    [InlineData("  force-reload)", false)]
    [InlineData("# reload)", false)]
    [InlineData("reloading)", false)]
    public void A_verb_reload_is_seen(string line, bool reloads) => Assert.Equal(reloads, Read(line).Reloads);

    private static ScriptHints Read(string text) => ScriptHints.Read(Encoding.Latin1.GetBytes(text));
}

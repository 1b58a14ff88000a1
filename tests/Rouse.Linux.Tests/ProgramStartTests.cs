namespace Rouse.Linux.Tests;

public sealed class ProgramStartTests
{
    [Fact]
    public void A_program_gets_its_words_and_its_environment_and_its_end_is_told()
    {
        SysResult started = ProgramStart.Start("/bin/sh", ["name", "-c", "[ \"$A $1\" = 'b c d' ] && exit 7", "sh", "c d"], ["A=b"]);
        Assert.True(started.Ok);
        Assert.True(ChildWait.For(started.Value, out ChildExit exit).Ok);
        Assert.Equal(7, exit.Status);
    }

    [Fact]
    public void A_broken_pipe_ends_it_although_it_is_ignored_here()
    {
        SysResult started = ProgramStart.Start("/bin/sh", ["sh", "-c", "kill -PIPE $$; exit 1"], []);
        Assert.True(ChildWait.For(started.Value, out ChildExit exit).Ok);
        Assert.Equal(Signal.PIPE, exit.Signal);
    }

    [Fact]
    public void What_cannot_be_executed_is_told_by_its_reason()
    {
        Assert.Equal(Errno.ENOENT, ProgramStart.Start("/no/such/program", ["a"], []).Error);
        Assert.Equal(Errno.EACCES, ProgramStart.Start("/etc/passwd", ["a"], []).Error);
    }
}

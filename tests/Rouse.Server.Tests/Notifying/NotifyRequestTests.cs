using Rouse.Server.Notifying;

namespace Rouse.Server.Tests.Notifying;

public sealed class NotifyRequestTests
{
    private const int Pid = 42;
    private const int Starter = 41;

    [Fact]
    public void Without_a_socket_nobody_asks() =>
        Assert.Equal(NotifyRequest.None, NotifyRequest.Of(["PATH=/bin", "WATCHDOG_USEC=1000000"], Pid));

    [Theory]
    [InlineData("30000000", "42", 15_000)]
    [InlineData("30000000", "41", 15_000)]
    [InlineData("30000000", "40", 0)]
    [InlineData("30000000", "", 15_000)]
    [InlineData("1", "42", 1)]
    [InlineData("0", "42", 0)]
    [InlineData("-5", "42", 0)]
    [InlineData("soon", "42", 0)]
    [InlineData("18446744073709551615", "42", int.MaxValue)]
    public void The_loop_shows_itself_twice_in_the_time_that_is_given_to_this_process_or_to_its_starter(string us, string pid, long everyMs) =>
        Assert.Equal(
            new NotifyRequest("@a", everyMs),
            NotifyRequest.Of(["NOTIFY_SOCKET=@a", $"WATCHDOG_USEC={us}", .. pid.Length > 0 ? new[] { $"WATCHDOG_PID={pid}" } : []], Pid, Starter));

    [Fact]
    public void Servers_get_nothing_of_it() => Assert.Equal(
        ["PATH=/bin", "LISTEN_ADDRESS=kept", "XNOTIFY_SOCKET=kept"],
        NotifyRequest.WithoutRequest(
            [
                "PATH=/bin", "NOTIFY_SOCKET=/run/n", "WATCHDOG_USEC=1", "WATCHDOG_PID=1", "LISTEN_FDS=1", "LISTEN_PID=1", "LISTEN_FDNAMES=a",
                "LISTEN_PIDFDID=1", "LISTEN_ADDRESS=kept", "XNOTIFY_SOCKET=kept",
            ]));
}

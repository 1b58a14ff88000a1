using System;
using System.Globalization;
using System.Text;
using CsCheck;
using Rouse.Server.BuiltIn;
using Rouse.Server.Logging;
using Rouse.Server.Tests.Fakes;

namespace Rouse.Server.Tests.BuiltIn;

/// <summary>daytime, in the two forms that its clients know.</summary>
public sealed class ClockTextTests
{
    [Fact]
    public void Inetds_form_is_that_of_ctime() => Gen.Long[0, 4_000_000_000].Sample(unix =>
    {
        DateTime time = DateTime.UnixEpoch.AddSeconds(unix);
        string expected = string.Create(CultureInfo.InvariantCulture, $"{time:ddd MMM} {time.Day,2} {time:HH:mm:ss yyyy}\r\n");
        Assert.Equal(expected, Encoding.ASCII.GetString(new ClockText(new LogClock(new FakeSystem()), asInetd: true).Daytime(unix)));
    });
}

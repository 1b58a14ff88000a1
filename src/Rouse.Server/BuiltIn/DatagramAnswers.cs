using System;
using Rouse.Config.Model;
using Rouse.Linux;

namespace Rouse.Server.BuiltIn;

/// <summary>Sets the reply to one datagram of a batch; discard sets none.</summary>
internal delegate void DatagramAnswer(Keeper keeper, DatagramBatch batch, int index);

/// <summary>What the built-in services answer over datagrams (RFC 862, 863, 864, 867, 868).</summary>
internal static class DatagramAnswers
{
    // RFC 864 allows 512 bytes; the original writes 1,024: whole lines, and a last one that is cut so that its end still fits.
    private const int ChargenBytes = 1024;

    private static readonly byte[] ChargenReply = MakeChargenReply();

    public static DatagramAnswer For(BuiltInService kind) => kind switch
    {
        BuiltInService.Echo => static (_, batch, index) => batch.ReplyWithPayload(index, batch.Payload(index).Length),
        BuiltInService.Discard or BuiltInService.Sensor => static (_, _, _) => { }
        ,
        BuiltInService.Daytime => static (keeper, batch, index) => batch.Reply(index, keeper.ClockText.Daytime(keeper.Loop.NowUnix)),
        BuiltInService.Time => static (keeper, batch, index) => batch.Reply(index, keeper.ClockText.Time(keeper.Loop.NowUnix)),
        BuiltInService.Chargen => static (_, batch, index) => batch.Reply(index, ChargenReply),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no datagram service"),
    };

    private static byte[] MakeChargenReply()
    {
        byte[] text = new byte[ChargenBytes];
        ChargenText.Fill(text, 0);
        "\r\n"u8.CopyTo(text.AsSpan(ChargenBytes - 2));
        return text;
    }
}

using System;
using System.Globalization;

namespace Rouse.Harness;

/// <summary>How often a test repeats what must never fail: seldom in `make test`, and as often as ROUSE_TRIALS says where that is set.</summary>
internal static class Trials
{
    public static int Or(int few) =>
        int.TryParse(Environment.GetEnvironmentVariable("ROUSE_TRIALS"), NumberStyles.None, CultureInfo.InvariantCulture, out int many) ? many : few;
}

#!/usr/bin/env python3
"""A plain PyTorch training step for one preference pair, to compare `mpo bench` with.

Nothing in the build uses this file. It needs only torch (any 2.x):

    python3 -m venv compare-venv && compare-venv/bin/pip install torch
    OMP_NUM_THREADS=1 compare-venv/bin/python scripts/compare/plain_loop.py
    OMP_NUM_THREADS=1 ./mpo bench --preset micro --variants plain,branched,branched+cached --threads 1

It has the shapes of the presets of `mpo bench`, random weights, and the structure of the reference trainer: the two
answers as a batch of two whole sequences, the images encoded for each of them, logits and log-softmax at every
position, a live reference model, one autograd graph over everything. Attention is fused; norms and rotary embeddings are
written the way the published model code writes them, or with torch's fused norm under --fused-norm.

On a GPU, in half precision as the reference trainer runs it (weights and activations bf16, logits and loss fp32):

    python3 scripts/compare/plain_loop.py --preset 1b --device cuda
    ./mpo bench --preset 1b --variants plain,branched,branched+cached

It prints processor seconds per pair (the machine may be shared), on a GPU seconds of the clock, the matrix FLOPs of a pair, and their ratio.
"""

import argparse
import json
import resource
import statistics
import time

import torch
import torch.nn.functional as F

PRESETS = {
    "nano": dict(vw=64, vi=256, vl=2, vh=2, image=112, vocab=512, w=96, i=256, l=3, h=4, kv=2, d=24),
    "micro": dict(vw=256, vi=1024, vl=6, vh=4, image=448, vocab=8192, w=384, i=1024, l=8, h=6, kv=2, d=64),
    "1b": dict(vw=1024, vi=4096, vl=24, vh=16, image=448, vocab=151674, w=896, i=4864, l=24, h=14, kv=2, d=64),
}
PATCH = 14
FUSED_NORM = False
DEVICE = "cpu"
DTYPE = torch.float32


def parameters(p, seed):
    torch.manual_seed(seed)
    weights = {}

    def add(name, *shape, one=False):
        t = torch.randn(*shape, device=DEVICE) * 0.02
        weights[name] = (t + 1 if one else t).to(DTYPE).requires_grad_()

    tokens = (p["image"] // PATCH) ** 2
    vw, w = p["vw"], p["w"]
    add("cls", 1, 1, vw)
    add("pos", 1, tokens + 1, vw)
    add("patch.w", vw, 3, PATCH, PATCH)
    add("patch.b", vw)
    for n in range(p["vl"]):
        for name, out, inp in (("qkv", 3 * vw, vw), ("proj", vw, vw), ("fc1", p["vi"], vw), ("fc2", vw, p["vi"])):
            add(f"v{n}.{name}.w", out, inp)
            add(f"v{n}.{name}.b", out)
        for name in ("n1", "n2"):
            add(f"v{n}.{name}.w", vw, one=True)
            add(f"v{n}.{name}.b", vw)
        add(f"v{n}.ls1", vw)
        add(f"v{n}.ls2", vw)
    add("p.n.w", 4 * vw, one=True)
    add("p.n.b", 4 * vw)
    add("p.1.w", w, 4 * vw)
    add("p.1.b", w)
    add("p.2.w", w, w)
    add("p.2.b", w)
    add("embed", p["vocab"], w)
    for n in range(p["l"]):
        for name, out, inp, bias in (
            ("q", p["h"] * p["d"], w, True),
            ("k", p["kv"] * p["d"], w, True),
            ("v", p["kv"] * p["d"], w, True),
            ("o", w, p["h"] * p["d"], False),
            ("gate", p["i"], w, False),
            ("up", p["i"], w, False),
            ("down", w, p["i"], False),
        ):
            add(f"l{n}.{name}.w", out, inp)
            if bias:
                add(f"l{n}.{name}.b", out)
        add(f"l{n}.n1", w, one=True)
        add(f"l{n}.n2", w, one=True)
    add("norm", w, one=True)
    add("head", p["vocab"], w)
    return weights


def rms_norm(x, weight):
    if FUSED_NORM:
        return F.rms_norm(x, weight.shape, weight, 1e-6)
    y = x.float()
    return weight * (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6)).to(x.dtype)


def vision(p, w, pixels):
    n = pixels.shape[0]
    x = F.conv2d(pixels, w["patch.w"], w["patch.b"], stride=PATCH).flatten(2).transpose(1, 2)
    x = torch.cat([w["cls"].expand(n, -1, -1), x], 1) + w["pos"]
    for i in range(p["vl"]):
        lin = lambda name, y: F.linear(y, w[f"v{i}.{name}.w"], w[f"v{i}.{name}.b"])  # noqa: B023, E731
        h = F.layer_norm(x, x.shape[-1:], w[f"v{i}.n1.w"], w[f"v{i}.n1.b"], 1e-6)
        q, k, v = lin("qkv", h).reshape(n, x.shape[1], 3, p["vh"], -1).permute(2, 0, 3, 1, 4).unbind(0)
        a = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        x = x + lin("proj", a) * w[f"v{i}.ls1"]
        h = F.layer_norm(x, x.shape[-1:], w[f"v{i}.n2.w"], w[f"v{i}.n2.b"], 1e-6)
        x = x + lin("fc2", F.gelu(lin("fc1", h))) * w[f"v{i}.ls2"]
    side = p["image"] // PATCH
    x = x[:, 1:].reshape(n, side, side // 2, -1).permute(0, 2, 1, 3).reshape(n, side // 2, side // 2, -1)
    x = x.permute(0, 2, 1, 3).reshape(n * side * side // 4, -1)
    x = F.layer_norm(x, x.shape[-1:], w["p.n.w"], w["p.n.b"], 1e-5)
    return F.linear(F.gelu(F.linear(x, w["p.1.w"], w["p.1.b"])), w["p.2.w"], w["p.2.b"])


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


def language(p, w, x):
    b, t, _ = x.shape
    d = p["d"]
    steps = torch.arange(0, d, 2, device=DEVICE) / d
    angles = torch.arange(t, device=DEVICE)[:, None] * (1e6**-steps)[None]
    cos, sin = angles.repeat(1, 2).cos().to(DTYPE), angles.repeat(1, 2).sin().to(DTYPE)
    groups = p["h"] // p["kv"]
    for i in range(p["l"]):
        lin = lambda name, y: F.linear(y, w[f"l{i}.{name}.w"], w.get(f"l{i}.{name}.b"))  # noqa: B023, E731
        h = rms_norm(x, w[f"l{i}.n1"])
        q = rotate(lin("q", h).view(b, t, -1, d).transpose(1, 2), cos, sin)
        k = rotate(lin("k", h).view(b, t, -1, d).transpose(1, 2), cos, sin)
        v = lin("v", h).view(b, t, -1, d).transpose(1, 2)
        k, v = (y[:, :, None].expand(-1, -1, groups, -1, -1).reshape(b, -1, t, d) for y in (k, v))
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + lin("o", a.transpose(1, 2).reshape(b, t, -1))
        h = rms_norm(x, w[f"l{i}.n2"])
        x = x + lin("down", F.silu(lin("gate", h)) * lin("up", h))
    return x


def now():
    """Processor time on the CPU; on a GPU the clock's, without waiting for the GPU."""
    return time.process_time() if DEVICE == "cpu" else time.perf_counter()


class Clock:
    def __init__(self):
        self.parts, self.last = {}, now()

    def lap(self, name):
        time_now = now()
        self.parts[name] = self.parts.get(name, 0) + time_now - self.last
        self.last = time_now


def log_probabilities(p, w, batch, clock, prefix, borders=None):
    """Returns summed log-probabilities of the two answers; notes tensors at which the backward pass can be cut."""
    pixels, ids, labels, image = batch

    def cut(name, x):
        if borders is None:
            return x
        leaf = x.detach().requires_grad_()
        borders.append((name, x, leaf))
        return leaf

    features = cut("vision_backward", vision(p, w, torch.cat([pixels, pixels])))
    clock.lap(prefix + "vision")
    x = F.embedding(ids, w["embed"])
    x = x.masked_scatter(image[..., None], features)
    x = cut("language_backward", language(p, w, x))
    clock.lap(prefix + "language")
    logits = F.linear(rms_norm(x, w["norm"]), w["head"])[:, :-1]
    mask = labels[:, 1:] >= 0
    logps = logits.float().log_softmax(-1).gather(2, labels[:, 1:].clamp(min=0)[..., None]).squeeze(2)
    sums = (logps * mask).sum(-1)
    clock.lap(prefix + "scoring")
    return sums


def step(p, policy, reference, batch, answer, by_stage):
    clock = Clock()
    with torch.no_grad():
        ref = log_probabilities(p, reference, batch, clock, "reference_")
    borders = [] if by_stage else None
    logps = log_probabilities(p, policy, batch, clock, "", borders)
    margin = 0.1 * ((logps[0] - ref[0]) - (logps[1] - ref[1]))
    rewards = 0.1 * (logps - ref)
    bco = -F.logsigmoid(rewards[0]) - F.logsigmoid(-rewards[1])
    loss = -0.8 * F.logsigmoid(margin) + 0.2 * bco - logps[0] / answer
    loss.backward()
    clock.lap("scoring_backward" if by_stage else "backward")
    for name, x, leaf in reversed(borders or []):
        x.backward(leaf.grad)
        clock.lap(name)
    return clock.parts


def draw(p, tiles, prompt, answer):
    side = p["image"] // PATCH
    visual = tiles * (side // 2) ** 2
    total = visual + prompt + answer
    ids = torch.randint(10, p["vocab"], (2, total), device=DEVICE)
    ids[1, : total - answer] = ids[0, : total - answer]
    image = torch.zeros(2, total, dtype=torch.bool, device=DEVICE)
    image[:, 1 : 1 + visual] = True
    labels = ids.clone()
    labels[:, : total - answer] = -100
    return torch.randn(tiles, 3, p["image"], p["image"], device=DEVICE, dtype=DTYPE), ids, labels, image


def flops(p, tiles, prompt, answer):
    """Matrix FLOPs of a pair: products of weights and activations, and the two products of attention, halved where
    causal. Backward counts twice forward, and attention backward 2.5 times (its scores are computed again)."""
    t = (p["image"] // PATCH) ** 2 + 1
    vw, w = p["vw"], p["w"]
    v_lin = 2 * (t - 1) * 588 * vw + p["vl"] * 2 * t * (4 * vw * vw + 2 * vw * p["vi"])
    v_lin += 2 * (t // 4) * (4 * vw * w + w * w)
    v_att = p["vl"] * 4 * t * t * vw
    s = tiles * (t // 4) + prompt + answer
    heads = p["h"] * p["d"]
    l_lin = p["l"] * 2 * s * (2 * w * heads + 2 * w * p["kv"] * p["d"] + 3 * w * p["i"])
    l_att = p["l"] * 2 * s * s * heads
    score = 2 * s * w * p["vocab"]
    linear = 2 * (tiles * v_lin + l_lin + score)
    attention = 2 * (tiles * v_att + l_att)
    return 4 * linear + 4.5 * attention


def main():
    global FUSED_NORM, DEVICE, DTYPE
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--preset", choices=PRESETS, default="micro")
    a.add_argument("--tiles", type=int, default=7)
    a.add_argument("--prompt-tokens", type=int, default=80)
    a.add_argument("--answer-tokens", type=int, default=250)
    a.add_argument("--repetitions", type=int, default=3)
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="bf16 on cuda, fp32 on cpu")
    a.add_argument("--fused-norm", action="store_true", help="torch's rms_norm instead of the published models' formula")
    a.add_argument("--by-stage", action="store_true", help="cut the backward pass at stage borders and time its parts")
    o = a.parse_args()
    FUSED_NORM, DEVICE = o.fused_norm, o.device
    DTYPE = torch.bfloat16 if DEVICE == "cuda" else torch.float32
    wait = torch.cuda.synchronize if DEVICE == "cuda" else lambda: None
    torch.set_num_threads(o.threads)
    p = PRESETS[o.preset]
    policy, reference = parameters(p, 1), parameters(p, 2)
    for t in policy.values():
        t.grad = torch.zeros_like(t)
    seconds, parts = [], []
    for i in range(o.repetitions + 1):
        batch = draw(p, o.tiles, o.prompt_tokens, o.answer_tokens)
        wait()
        started = now()
        result = step(p, policy, reference, batch, o.answer_tokens, o.by_stage)
        wait()
        if i:
            seconds.append(now() - started)
            parts.append(result)
    cost = flops(p, o.tiles, o.prompt_tokens, o.answer_tokens)
    median = statistics.median(seconds)
    print(json.dumps({
        "torch": torch.__version__,
        "parameters": sum(t.numel() for t in policy.values()),
        "device": torch.cuda.get_device_name() if DEVICE == "cuda" else "cpu",
        ("seconds_per_pair" if DEVICE == "cuda" else "cpu_seconds_per_pair"): round(median, 4),
        "all": [round(s, 4) for s in seconds],
        "breakdown": {k: round(statistics.median(q[k] for q in parts), 3) for k in parts[0]},
        "gflop_per_pair": round(cost / 1e9, 1),
        "gflop_per_second": round(cost / 1e9 / median, 1),
        "peak_device_mib": torch.cuda.max_memory_reserved() >> 20 if DEVICE == "cuda" else None,
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
    }, indent=2))


if __name__ == "__main__":
    main()

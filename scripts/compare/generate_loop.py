#!/usr/bin/env python3
"""Tokens per second of transformers' `generate`, to compare `mpo bench generate` with.

Nothing in the build uses this file. It needs torch (any 2.x, CPU) and transformers:

    python3 -m venv compare-venv && compare-venv/bin/pip install torch transformers
    OMP_NUM_THREADS=1 compare-venv/bin/python scripts/compare/generate_loop.py
    ./mpo bench generate --preset micro --batch-size 1,8 --threads 1

It has the language model of the presets of `mpo bench` (Qwen2, random weights), prompts of random tokens of one length,
and greedy decoding to a fixed number of new tokens, with the key-value cache and the attention that transformers chooses
by itself (torch's fused one). Each batch is one call of `generate`.
"""

import argparse
import json
import resource
import statistics
import time

import torch
import transformers

PRESETS = {
    "nano": dict(vocab_size=512, hidden_size=96, intermediate_size=256, num_hidden_layers=3, num_attention_heads=4,
                 num_key_value_heads=2),
    "micro": dict(vocab_size=8192, hidden_size=384, intermediate_size=1024, num_hidden_layers=8, num_attention_heads=6,
                  num_key_value_heads=2),
}


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", choices=PRESETS, default="micro")
    parser.add_argument("--batch-size", default="1,8")
    parser.add_argument("--prompt-tokens", type=int, default=128)
    parser.add_argument("--new-tokens", type=int, default=128)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--warmup", type=int, default=2)
    args = parser.parse_args()

    torch.manual_seed(0)
    config = transformers.Qwen2Config(
        max_position_embeddings=4096, rms_norm_eps=1e-6, rope_parameters={"rope_theta": 1e6, "rope_type": "default"},
        tie_word_embeddings=False, use_sliding_window=False, bos_token_id=None, eos_token_id=None, pad_token_id=0,
        **PRESETS[args.preset])
    model = transformers.Qwen2ForCausalLM(config).eval()
    results = []
    for batch in map(int, args.batch_size.split(",")):
        rounds = []
        for i in range(args.warmup + args.repetitions):
            ids = torch.randint(10, config.vocab_size, (batch, args.prompt_tokens))
            wall, cpu = time.perf_counter(), processor_seconds()
            with torch.inference_mode():
                out = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False,
                                     min_new_tokens=args.new_tokens, max_new_tokens=args.new_tokens)
            assert out.shape == (batch, args.prompt_tokens + args.new_tokens), out.shape
            if i >= args.warmup:
                rounds.append((time.perf_counter() - wall, processor_seconds() - cpu))
        seconds = statistics.median(r[0] for r in rounds)
        results.append({
            "batchSize": batch,
            "tokensPerSecond": round(batch * args.new_tokens / seconds, 1),
            "seconds": round(seconds, 4),
            "cpuSeconds": round(statistics.median(r[1] for r in rounds), 4),
        })
    print(json.dumps({
        "preset": args.preset, "attention": config._attn_implementation, "torch": torch.__version__,
        "transformers": transformers.__version__, "threads": torch.get_num_threads(),
        "parameters": sum(p.numel() for p in model.parameters()), "results": results}))


if __name__ == "__main__":
    main()

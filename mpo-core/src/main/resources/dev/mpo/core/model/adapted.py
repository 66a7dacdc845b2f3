# Linear maps with adapters: four slots from i on hold weight [out, in], bias [out], and LoRA's A [rank, in] and
# B [out, rank]; an absent one is empty. Gradients are added to the sums s in the same slots.

def lin(self, x: Tensor, w: List[Tensor], i: int, lora: float) -> Tensor:
  y = self.linear(x, w[i], w[i + BIAS])
  if torch.numel(w[i + LORA_A]) > 0:
    none = torch.slice(torch.flatten(w[i + LORA_A]), 0, 0, 0)
    y = torch.add(y, torch.mul(self.linear(self.linear(x, w[i + LORA_A], none), w[i + LORA_B], none), lora))
  return y

def lin_back(self, g: Tensor, x: Tensor, w: List[Tensor], i: int, s: List[Tensor], lora: float, wanted: bool) -> Tensor:
  r = self.add_product(s[i], g, x, 1.)
  r = self.add_rows(s[i + BIAS], g)
  gx = g
  if wanted:
    gx = self.linear_backward_input(g, w[i])
  if torch.numel(w[i + LORA_A]) > 0:
    none = torch.slice(torch.flatten(w[i + LORA_A]), 0, 0, 0)
    if torch.numel(s[i + LORA_B]) > 0:
      r = self.add_product(s[i + LORA_B], g, self.linear(x, w[i + LORA_A], none), lora)
    gu = torch.mul(self.linear_backward_input(g, w[i + LORA_B]), lora)
    r = self.add_product(s[i + LORA_A], gu, x, 1.)
    if wanted:
      gx = torch.add_(gx, self.linear_backward_input(gu, w[i + LORA_A]))
  return gx

def add_rows(self, s: Tensor, g: Tensor) -> int:
  if torch.numel(s) > 0:
    r = torch.add_(s, torch.sum(g, [0], False, dtype=ops.prim.dtype(s)))
  return 0

# The two ends of the language model: token embedding with the image features in their places, and the scoring of
# labels. ids [T], features [image rows, D], h [M, D], logits z [M, V].

def token_embeddings(self, weight: Tensor, ids: Tensor) -> Tensor:
  return torch.embedding(weight, ids)

def merge_images(self, x: Tensor, rows: Tensor, features: Tensor) -> Tensor:
  return torch.index_copy(x, 0, rows, features)

def take_rows(self, x: Tensor, rows: Tensor) -> Tensor:
  return torch.index_select(x, 0, rows)

def token_embeddings_backward(self, gy: Tensor, ids: Tensor, rows: Tensor, sums: Tensor) -> int:
  g = torch.to(torch.index_select(gy, 0, rows), ops.prim.dtype(sums))
  r = torch.index_add_(sums, 0, torch.index_select(ids, 0, rows), g)
  return 0

def scatter_rows(self, g: Tensor, index: Tensor, rows: int) -> Tensor:
  out = torch.zeros([rows, torch.size(g, 1)], dtype=ops.prim.dtype(g), layout=None, device=ops.prim.device(g))
  return torch.index_add_(out, 0, index, g)

def score(self, h: Tensor, weight: Tensor, labels: Tensor) -> List[Tensor]:
  z = self.linear(h, weight, torch.slice(torch.flatten(weight), 0, 0, 0))
  if ops.prim.dtype(z) == BFLOAT16:
    z = torch.to(z, FLOAT32)
  lse = torch.logsumexp(z, [-1], True)
  logp = torch.sub(torch.gather(z, 1, torch.unsqueeze(labels, 1)), lse)
  return [torch.squeeze(logp, 1), z, lse]

def score_backward(self, z: Tensor, lse: Tensor, labels: Tensor, coefficients: Tensor, h: Tensor, weight: Tensor, sums: Tensor) -> Tensor:
  c = torch.unsqueeze(coefficients, 1)
  g = torch.mul_(torch.exp_(torch.sub_(z, lse)), torch.neg(c))
  r = torch.scatter_add_(g, 1, torch.unsqueeze(labels, 1), c)
  if ops.prim.dtype(weight) == BFLOAT16:
    g = torch.to(g, BFLOAT16)
    if torch.numel(sums) > 0:
      r2 = torch.add_(sums, torch.matmul(torch.t(g), h))
  else:
    if torch.numel(sums) > 0:
      r3 = torch.addmm_(sums, torch.t(g), h)
  return self.linear_backward_input(g, weight)
